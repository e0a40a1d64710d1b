package io.dotfs.cli.command;

import java.util.ArrayList;
import java.util.List;

/** A command for which {@code -3} means {@code -n 3}, as in git. */
interface TakesCount {
  /** The words with each such option, before {@code --}, as the parser knows it. */
  static List<String> spelledOut(List<String> words) {
    int end = words.indexOf("--") < 0 ? words.size() : words.indexOf("--");
    List<String> spelled = new ArrayList<>();
    for (String word : words.subList(0, end)) {
      boolean taken =
          !spelled.isEmpty() && spelled.get(spelled.size() - 1).matches("-n|--max-count");
      if (!taken && word.matches("-[0-9]+")) {
        spelled.add("-n");
        spelled.add(word.substring(1));
      } else {
        spelled.add(word);
      }
    }
    spelled.addAll(words.subList(end, words.size()));
    return spelled;
  }
}
