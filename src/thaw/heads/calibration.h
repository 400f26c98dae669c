#pragma once

#include <cstdint>
#include <span>

#include "thaw/core/tensor.h"

namespace thaw {

// Of rows of logits or probabilities [images, classes] and their labels. `weights` [images] say how
// much each image counts; empty: 1 each. All throw Error where shapes do not fit, labels are
// outside, or there is nothing that counts.

/// Σ wᵢ·(log Σₖ exp(zᵢₖ/T) − zᵢ,yᵢ/T) / Σ wᵢ, in nats an image: of the softmax of logits/T.
double negative_log_likelihood(const Tensor& logits, std::span<const int64_t> labels,
                               std::span<const double> weights = {}, double temperature = 1);

/// The temperature T in [10⁻³, 10³] whose negative_log_likelihood() is least, to 10⁻⁹ relative:
/// dividing logits by it calibrates their softmax and changes no class (Guo et al. 2017, "On
/// Calibration of Modern Neural Networks"). Where all are right already, no T is least; it is the
/// limit that is returned.
double fit_temperature(const Tensor& logits, std::span<const int64_t> labels,
                       std::span<const double> weights = {});

/// fit_temperature(), but never so low that the mean of the largest probabilities passes
/// (n + ½)/(n + 1), n being Σw: where a few images are all right, the next may still be wrong (½ a
/// wrong one is added, as Krichevsky and Trofimov 1981 do).
double cautious_temperature(const Tensor& logits, std::span<const int64_t> labels,
                            std::span<const double> weights = {});

/// The share whose largest logit is that of the label; of equal ones the first counts.
double accuracy_of(const Tensor& logits, std::span<const int64_t> labels,
                   std::span<const double> weights = {});

/// Σ over bins (share of images in the bin)·|accuracy − mean confidence|, in [0, 1]. Confidence is
/// the largest probability of a row; bin i of `bins` holds those in (i/bins, (i+1)/bins] (Guo et
/// al. 2017).
double expected_calibration_error(const Tensor& probabilities, std::span<const int64_t> labels,
                                  int bins = 15);

/// exp(zₖ/T) / Σ exp(zⱼ/T), row by row.
Tensor softmax_of(const Tensor& logits, double temperature = 1);

}  // namespace thaw
