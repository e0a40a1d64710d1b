package io.dotfs.cli.render;

import java.util.List;
import java.util.Locale;

/**
 * A manual page of section 1, in the macros of man(7). Headings come in the order of their first
 * use; an empty part is left out. For one thread.
 */
public final class ManPage {
  private final StringBuilder out = new StringBuilder();
  private String heading = "";

  /** A page that begins with its name and what that is in a line. */
  public ManPage(String name, String summary) {
    out.append(".TH ").append(name.toUpperCase(Locale.ROOT)).append(" 1 \"\" dotfs\n");
    text("NAME", name + " \\- " + escape(summary));
  }

  /** Adds paragraphs under a heading. */
  public void text(String under, String... paragraphs) {
    boolean first = true;
    for (String paragraph : paragraphs) {
      begin(under);
      out.append(first ? "" : ".PP\n");
      out.append(under.equals("NAME") ? paragraph : escape(paragraph)).append('\n');
      first = false;
    }
  }

  /** Adds lines as they are. */
  public void literal(String under, String lines) {
    if (!lines.isBlank()) {
      begin(under);
      out.append(".nf\n").append(escape(lines.stripTrailing())).append("\n.fi\n");
    }
  }

  /** Adds a term and what it means. */
  public void item(String under, String term, String meaning) {
    begin(under);
    out.append(".TP\n.B ").append(escape(term)).append('\n').append(escape(meaning)).append('\n');
  }

  /** Ends with the names of other pages of the section. */
  public void seeAlso(List<String> pages) {
    begin("SEE ALSO");
    out.append(escape(String.join("(1), ", pages))).append("(1)\n");
  }

  /** Returns the page's source. */
  public String roff() {
    return out.toString();
  }

  private void begin(String under) {
    if (!heading.equals(under)) {
      heading = under;
      out.append(".SH ").append(under).append('\n');
    }
  }

  /** Text that troff takes as it is: no escapes, and no line that is a request. */
  private static String escape(String text) {
    return text.replace("\\", "\\e").replace("-", "\\-").replaceAll("(?m)^([.'])", "\\\\&$1");
  }
}
