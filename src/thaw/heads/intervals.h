#pragma once

#include <cstdint>
#include <vector>

namespace thaw {

/// Where a number lies with the confidence asked for.
struct Interval {
  double low = 0;
  double high = 0;
};

/// Of the share right/count of independent images (Wilson 1927): never outside [0, 1], and usable
/// where all or none are right. Throws UsageError unless 0 ≤ right ≤ count, count > 0 and
/// 0 < confidence < 1.
Interval wilson_interval(int64_t right, int64_t count, double confidence = 0.95);

/// How much better a second classifier is than a first, on the same images.
struct PairedDifference {
  int64_t images = 0;
  int64_t gained = 0;     ///< wrong before, right after
  int64_t lost = 0;       ///< right before, wrong after
  double difference = 0;  ///< of accuracies: (gained − lost) / images
  /// Of the difference (Agresti and Min 2005: half an image is added to each of the four kinds, so
  /// that no change at all still leaves some doubt).
  Interval interval;
  /// How likely so much would differ by chance alone, were both equally good: the exact two-sided
  /// test of `gained` of gained + lost at one half (McNemar).
  double p_value = 1;
};

/// first[i] and second[i] say whether image i was recognized. Throws UsageError unless both are of
/// one size above 0.
PairedDifference paired_difference(const std::vector<bool>& first, const std::vector<bool>& second,
                                   double confidence = 0.95);

/// x with P(X ≤ x) = p for a standard normal X: Acklam's rational approximation and one step of
/// Halley's, to 10⁻¹². Requires 0 < p < 1.
double normal_quantile(double p);

}  // namespace thaw
