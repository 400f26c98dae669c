#pragma once

#include <span>
#include <string>
#include <vector>

#include "thaw/heads/head_data.h"
#include "thaw/heads/linear_head.h"

namespace thaw {

/// One way to make a head, and how it did on images kept out.
struct HeadCandidate {
  std::string name;        ///< to be read: "ridge on all groups", "mean of all"
  bool all_groups = true;  ///< else the last group alone: the other rows of the kernel are 0
  double penalty = 0;      ///< λ; 0 for means
  double temperature = 1;  ///< cautious_temperature() of its out-of-fold logits
  double negative_log_likelihood = 0;  ///< out of fold, after temperature, in nats an image
  double accuracy = 0;                 ///< out of fold
  /// What refit() goes by: which weights the groups have, and what it is fitted by; of a mean, of
  /// which heads.
  std::string weighting = {};
  bool is_logistic = false;
  std::vector<HeadCandidate> of = {};
};

/// How the images of one class did out of fold.
struct ClassResult {
  int64_t images = 0;
  int64_t right = 0;
  int64_t mistaken_for = -1;  ///< the class most often said instead; −1 where never wrong
  int64_t mistaken = 0;       ///< how often that one
};

struct HeadChoice {
  /// Fitted to all images of weight above 0, its temperature folded in: the softmax of its logits
  /// are probabilities.
  LinearHead head;
  HeadCandidate chosen;
  std::vector<HeadCandidate> candidates;  ///< all of them, the best first
  /// [images, classes]: logits of the same kind of head fitted without each image's fold,
  /// calibrated likewise.
  Tensor out_of_fold;
  std::vector<ClassResult> by_class;  ///< [classes]
};

struct HeadChoiceOptions {
  bool ridge = true;
  bool logistic = true;
  bool last_group_alone = true;  ///< also candidates of the last group alone, beside those of all
  bool means = true;             ///< also means of candidates, each at its own temperature
};

/// Fits the candidates that `options` allow and takes the one with the least negative log
/// likelihood, after temperature, over the folds of `data`, which all of them share. "All groups"
/// are the last of weight² 0.3 and the others of weight² 1 together, each by its share of their
/// columns; "evenly", which is tried up to 500 images, by the square root of that share; the
/// weights that `data` give them multiply these. Logistic regression is left out where ridge
/// regression on the same groups is far from the best, and where an iteration
/// would take long: above 3·10⁸ products of rows · min(rows, columns, 2500) · classes.
///
/// One thread; time grows with rows·columns·min(rows, columns, 2500) for what is held of features,
/// and with min(rows, columns, 2500)³ for some twenty factorizations. Bit-identical from run to
/// run. Throws Error as check_head_data(), UsageError where there are no folds or no kind is
/// allowed.
HeadChoice choose_head(const HeadData& data, const HeadChoiceOptions& options = {});

/// A head of the candidate's kind with its penalty, fitted to `data`, its temperature folded in.
/// For each fold: refit(rows_of(data, those outside it), choice.chosen). Throws as choose_head().
LinearHead refit(const HeadData& data, const HeadCandidate& candidate);

/// Of each of so many classes, how its images did: the largest of logits [images, classes] is what
/// was said.
std::vector<ClassResult> results_by_class(const Tensor& logits, std::span<const int64_t> labels);

}  // namespace thaw
