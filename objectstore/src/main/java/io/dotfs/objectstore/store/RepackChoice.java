package io.dotfs.objectstore.store;

import io.dotfs.objectstore.pack.Pack;
import java.util.ArrayList;
import java.util.List;

/**
 * Which packs are to become one. Packs are sorted into tiers by size, each tier eight times the one
 * before: below 64 KiB, 512 KiB, 4 MiB, 32 MiB. As soon as a tier has eight packs, they and all
 * smaller ones are merged. So a store has at most seven packs a tier besides the large ones, each
 * byte is copied at most once a tier, and one merge takes at most some 500 MiB of disk for a while.
 */
final class RepackChoice {
  static final int PACKS_A_TIER = 8;
  private static final long FIRST_TIER_BYTES = 64 << 10;
  private static final int TIERS = 4;
  private static final int TIER_SHIFT = 3;
  private static final int MAX_OBJECTS = 1 << 17;

  private RepackChoice() {}

  /** The packs to merge, in the order of {@code packs}; none if there is nothing to gain. */
  static List<Pack> among(List<Pack> packs) {
    int[] counts = new int[TIERS];
    for (Pack pack : packs) {
      int tier = tier(pack);
      if (tier < TIERS) {
        counts[tier]++;
      }
    }
    int highest = TIERS - 1;
    while (highest >= 0 && counts[highest] < PACKS_A_TIER) {
      highest--;
    }
    List<Pack> chosen = new ArrayList<>();
    for (Pack pack : packs) {
      if (tier(pack) <= highest) {
        chosen.add(pack);
      }
    }
    return chosen;
  }

  /** The pack's tier; {@value #TIERS} and above if it stays as it is. */
  private static int tier(Pack pack) {
    if (!pack.isComplete() || pack.count() > MAX_OBJECTS) {
      return TIERS;
    }
    int tier = 0;
    for (long bound = FIRST_TIER_BYTES; pack.sizeBytes() >= bound; bound <<= TIER_SHIFT) {
      tier++;
    }
    return tier;
  }
}
