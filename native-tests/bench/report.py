"""report.py FIGURES TITLE: medians of each test by subject, and ratios of the product, dm, to its yardstick.

A line of FIGURES is TEST, SUBJECT, VALUE, tab-separated. A test's name ends with its unit in brackets. With one subject the median,
the least and the greatest value are shown.
"""
import statistics
import sys

tests = {}
for line in open(sys.argv[1]):
    test, subject, value = line.rstrip("\n").split("\t")
    tests.setdefault(test, {}).setdefault(subject, []).append(float(value))


def figure(value):
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:,.1f}" if abs(value) >= 10 else f"{value:.3f}"


print(f"\n{sys.argv[2]}")
width = max(len(test) for test in tests)
for test, subjects in tests.items():
    medians = {subject: statistics.median(values) for subject, values in subjects.items()}
    # What the others are divided by comes first.
    names = sorted(medians, key=lambda name: (name != "native", name == "dm"))
    rounds = len(subjects[names[0]])
    cells = [f"{name} {figure(medians[name])}" for name in names]
    if len(names) > 1:
        cells += [
            f"{name}/{names[0]} {medians[name] / medians[names[0]]:.3f}" if medians[names[0]] else f"{name}/{names[0]} -"
            for name in names[1:]
        ]
    else:
        values = subjects[names[0]]
        cells.append(f"({figure(min(values))} .. {figure(max(values))})")
    print(f"  {test:<{width}}  " + "  ".join(f"{cell:<22}" for cell in cells).rstrip() + f"   n={rounds}")
