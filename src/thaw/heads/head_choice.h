#pragma once

#include <string>
#include <vector>

#include "thaw/heads/head_data.h"
#include "thaw/heads/linear_head.h"

namespace thaw {

/// One way to make a head, and how it did on images kept out.
struct HeadCandidate {
  std::string name;        ///< "ridge, all groups"; of several "mean of: …"
  bool all_groups = true;  ///< else the last group alone: the other rows of its kernel are 0
  double penalty = 0;      ///< λ; 0 for means
  double temperature = 1;  ///< that its out-of-fold logits ask for
  double negative_log_likelihood = 0;  ///< out of fold, after temperature, nats an image
  double accuracy = 0;                 ///< out of fold
};

struct ClassResult {
  int64_t images = 0;
  int64_t right = 0;          ///< of them, out of fold
  int64_t mistaken_for = -1;  ///< the class most often said instead; −1 where never wrong
  int64_t mistaken = 0;       ///< how often that one
};

struct HeadChoice {
  /// Fitted to all images of weight above 0, its temperature folded in: softmax of its logits are
  /// probabilities.
  LinearHead head;
  HeadCandidate chosen;
  std::vector<HeadCandidate> candidates;  ///< all of them, the best first
  /// [images, classes]: logits of the same kind of head fitted without each image's fold,
  /// calibrated.
  Tensor out_of_fold;
  std::vector<ClassResult> by_class;  ///< [classes]
};

struct HeadChoiceOptions {
  bool ridge = true;
  bool logistic = true;
  bool last_group_alone = true;  ///< candidates of the last group alone, beside those of all
  bool means = true;             ///< means of several candidates
};

/// Fits the candidates that `options` allow and takes the one with the least negative log
/// likelihood, after temperature, over the folds of `data`, which all of them share. Bit-identical
/// from run to run. Throws Error as check_head_data(), and where there are no folds.
HeadChoice choose_head(const HeadData& data, const HeadChoiceOptions& options = {});

/// Of each class, how its images did: the largest of logits [images, classes] is what was said.
std::vector<ClassResult> results_by_class(const Tensor& logits, std::span<const int64_t> labels);

}  // namespace thaw
