#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "thaw/core/config.h"
#include "thaw/core/tensor.h"
#include "thaw/heads/head_data.h"
#include "thaw/heads/linear_head.h"

namespace thaw {

/// What an UnknownDetector is made of. Columns are those of the features, directions are unit
/// vectors among them.
struct UnknownDetectorParts {
  std::vector<FeatureGroup> groups;    ///< their columns add up to all
  Tensor means;                        ///< [classes, columns]: of u, see below
  Tensor directions;                   ///< [directions, columns]
  std::vector<double> variances = {};  ///< [directions]: of u − its class's mean along each
  double other_variance = 1;           ///< along every other direction
  LinearHead head;                     ///< of u: one output a class, 1 for that one
  double distance_weight = 1;
  double margin_weight = 0;
  double most_margin = 1;  ///< a larger one is no more of a class: far off, a head goes on rising
  double offset = 0;
  double threshold = 0;     ///< an image of a larger score is of none of the classes
  double unknown_rate = 0;  ///< the share of images of the classes that is refused with them
};

/// Tells images that are of none of a model's classes, by the features that enter its last Dense:
///
///     u = sgn(x)·√|x|, each group of columns scaled to the length weight / √Σ weight²
///     d² = min over classes c of (u − mean_c)ᵀ Σ⁻¹ (u − mean_c)
///     m = the largest of head(u), less the second largest, most_margin at most
///     score = distance_weight·ln d² − margin_weight·m + offset
///
/// Σ is the covariance within classes, shrunk towards a multiple of the identity: its first
/// directions, and one variance in all others. Mahalanobis distances: Lee et al. 2018, "A Simple
/// Unified Framework for Detecting Out-of-Distribution Samples"; joined to what a classifier says:
/// Wang et al. 2022, "ViM".
class UnknownDetector {
 public:
  /// Throws Error where shapes do not fit, or numbers are not finite or variances not above 0.
  explicit UnknownDetector(UnknownDetectorParts parts);

  /// How unlike the images that it was fitted to: of those, kept out, the mean is 0 and the
  /// deviation 1. Infinite where a feature is not finite. Throws Error unless there are columns()
  /// features.
  double score(std::span<const float> features) const;
  double threshold() const { return parts_.threshold; }
  double unknown_rate() const { return parts_.unknown_rate; }
  bool is_unknown(double score) const { return score > parts_.threshold; }
  int64_t columns() const { return columns_; }
  int64_t classes() const { return parts_.means.shape()[0]; }
  const UnknownDetectorParts& parts() const { return parts_; }

  /// A map of numbers, and of texts that hold floats in base64; from_config() gives the same
  /// detector to the last bit. It throws Error that says where for anything else.
  Config to_config() const;
  static UnknownDetector from_config(const Config& config);

 private:
  double distance(std::span<const double> u) const;
  double margin(std::span<const double> u) const;

  UnknownDetectorParts parts_;
  int64_t columns_ = 0;
  std::vector<double> means_along_;  ///< [classes, directions]
};

/// The ⌈(1 − unknown_rate)·(n + 1)⌉-th smallest of n scores of images of the classes that were kept
/// out, or the largest: an image not seen before is above it with a probability of at most
/// `unknown_rate` (split conformal prediction). Throws UsageError where there are no scores.
double refusing_threshold(std::vector<double> scores, double unknown_rate);

/// A detector fitted to features as they enter the Dense, of each image its first view alone;
/// `data.weights` count for means, covariance and head.
///
/// Its threshold comes of scores of images kept out of what gives them (`data.folds`, needed): with
/// n such images it is the ⌈(1 − unknown_rate)·(n + 1)⌉-th smallest, so that an image of the
/// classes not seen before is refused with a probability of at most `unknown_rate` (split conformal
/// prediction: Vovk et al. 2005, Papadopoulos et al. 2002); where n is below 1/unknown_rate − 1, it
/// is the largest. What is fitted to all images is fitted to more of them than each fold's, so a
/// little less than `unknown_rate` is refused where there are few: of 20 a class about 0.03 in
/// place of 0.05 with 5 folds, 0.045 with 10. Images of weight 0, and those
/// whose class has no other image outside their fold, do not count for it.
///
/// Of more than 3000 images every n-th of each class is taken. Throws Error as check_head_data(),
/// where folds are missing, and unless some image counts; UsageError for a rate outside (0, 1).
UnknownDetector fit_unknown_detector(const HeadData& data, double unknown_rate = 0.05);

}  // namespace thaw
