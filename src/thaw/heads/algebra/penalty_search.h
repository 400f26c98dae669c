#pragma once

#include <functional>
#include <span>
#include <vector>

#include "thaw/heads/algebra/problem.h"

namespace thaw::algebra {

/// 10^−3, 10^−2.5, … 10^3, each times the mean weight of the rows that count, times the number of
/// views.
std::vector<double> default_penalties(const Problem& problem);

/// The place of the least score in a row of `count`, followed downhill from `start`: neighbours are
/// tried until both are no better. Each place is scored once at most.
size_t downhill(size_t count, size_t start, const std::function<double(size_t)>& score);

/// A penalty, and what images got from fits without their fold.
struct Searched {
  double penalty = 0;
  Matrix out_of_fold;  ///< [images, classes]
  Matrix parameters;   ///< of logistic regression: where a fit to all rows begins well
};

/// The λ of `penalties` (empty: the default ones, followed downhill) of which ridge regression's
/// negative log likelihood over Problem::search_folds() is least.
double ridge_penalty(const Problem& problem, std::span<const double> penalties = {});

/// Ridge regression with that λ.
Searched search_ridge(const Problem& problem, std::span<const double> penalties = {});

/// Ridge regression of one λ.
Matrix ridge_without_folds(const Problem& problem, double penalty);

/// Logistic regression, likewise; fits to folds converge to 10⁻³ (LogisticGoal), each from where
/// the one to the λ before ended.
Searched search_logistic(const Problem& problem, std::span<const double> penalties = {});

}  // namespace thaw::algebra
