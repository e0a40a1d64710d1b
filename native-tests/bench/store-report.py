"""store-report.py FIGURES DIRECTORY SIZE ROUNDS MACHINE: what bench-store measured, as a table (store.md) and a plot (store.svg).

A line of FIGURES is TEST, SUBJECT, VALUE, tab-separated; a test's name ends with its unit in brackets.
"""
import datetime
import html
import statistics
import sys

figures, directory, size, rounds, machine = sys.argv[1:6]
tests, order = {}, []
for line in open(figures):
    test, subject, value = line.rstrip("\n").split("\t")
    tests.setdefault(test, {}).setdefault(subject, []).append(float(value))
    if subject not in order:
        order.append(subject)
YARDSTICKS = ["tar|zstd", "sha256sum", "find+stat", "cp -a", "native"]
subjects = [s for s in YARDSTICKS if s in order] + ["dm"] + sorted(s for s in order if s not in YARDSTICKS + ["dm"])
medians = {t: {s: statistics.median(v) for s, v in by.items()} for t, by in tests.items()}


def figure(value):
    return f"{value:,.0f}" if value >= 1000 else f"{value:,.1f}" if value >= 10 else f"{value:.3f}" if value < 0.1 else f"{value:.2f}"


def yardstick(by):
    return next((s for s in YARDSTICKS if s in by), None)


today = datetime.datetime.now(datetime.timezone.utc).date()
title = f"{size} % of 1 GB in 16,400 files, {rounds} round{'s' if rounds != '1' else ''}, {machine}"
with open(f"{directory}/store.md", "w") as out:
    out.write("# The store and its peers\n\n")
    out.write(f"Written by `make bench-store` on {today}: {title}. Medians; in brackets the ratio to the yardstick of\n")
    out.write("the row, which ran in turn with the others: look at the ratios. PostgreSQL (pgbench), Redis, SQLite, small files and a dump; the product\n")
    out.write("(`dm`) works on its mounts, the others on a copy on the disk.\n\n![The same as bars](store.svg)\n\n")
    out.write("| | " + " | ".join(s.replace("|", "\\|") for s in subjects) + " |\n|---|" + "---|" * len(subjects) + "\n")
    for test, by in medians.items():
        base = yardstick(by)
        cells = []
        for s in subjects:
            if s not in by:
                cells.append("")
            elif base and s != base and by[base]:
                cells.append(f"{figure(by[s])} ({by[s] / by[base]:.2f})")
            else:
                cells.append(figure(by[s]))
        out.write(f"| {test} | " + " | ".join(cells) + " |\n")

COLOURS = {"dm": "#0b6e4f", "tar|zstd": "#999999", "sha256sum": "#bbbbbb", "find+stat": "#bbbbbb", "cp -a": "#999999", "native": "#999999"}
OTHERS = ["#c8553d", "#588b8b", "#f28f3b", "#6a4c93", "#1982c4"]
peers = [s for s in subjects if s not in COLOURS]
COLOURS.update({s: OTHERS[i % len(OTHERS)] for i, s in enumerate(peers)})
rows, y = [], 50
for test, by in medians.items():
    if len(by) < 2:
        continue
    rows.append(f'<text x="10" y="{y + 12}" class="t">{html.escape(test)}</text>')
    y += 18
    longest = max(by.values()) or 1
    for s in subjects:
        if s in by:
            width = max(1, 420 * by[s] / longest)
            rows.append(f'<text x="120" y="{y + 11}" class="s" text-anchor="end">{html.escape(s)}</text>')
            rows.append(f'<rect x="128" y="{y + 1}" width="{width:.1f}" height="12" fill="{COLOURS[s]}"/>')
            rows.append(f'<text x="{134 + width:.1f}" y="{y + 11}" class="s">{figure(by[s])}</text>')
            y += 15
    y += 8
with open(f"{directory}/store.svg", "w") as out:
    out.write(f'<svg xmlns="http://www.w3.org/2000/svg" width="640" height="{y + 10}" viewBox="0 0 640 {y + 10}">\n')
    out.write("<style>text{font-family:sans-serif;fill:#222}.t{font-size:13px;font-weight:bold}.s{font-size:11px}.h{font-size:15px;font-weight:bold}</style>\n")
    out.write(f'<rect width="100%" height="100%" fill="#fff"/>\n<text x="10" y="22" class="h">The store and its peers</text>\n')
    out.write(f'<text x="10" y="40" class="s">{html.escape(title)}; less is better</text>\n' + "\n".join(rows) + "\n</svg>\n")
