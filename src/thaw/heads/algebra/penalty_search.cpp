#include "thaw/heads/algebra/penalty_search.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "thaw/heads/algebra/logistic_fit.h"

namespace thaw::algebra {
namespace {

// Places in the default penalties where searches begin: 10^−0.5 and 10^−2.
constexpr size_t ridge_start = 5;
constexpr size_t logistic_start = 2;
constexpr double fold_tolerance = 1e-3;

/// The best of `penalties`, all of them tried; or of the default ones, from place `start` on.
double best_penalty(const Problem& problem, std::span<const double> penalties, size_t start,
                    const std::function<double(double)>& score) {
  if (penalties.empty()) {
    const std::vector<double> grid = default_penalties(problem);
    return grid[downhill(grid.size(), start, [&](size_t place) { return score(grid[place]); })];
  }
  if (penalties.size() == 1) return penalties.front();
  std::vector<double> scores;
  for (const double penalty : penalties) scores.push_back(score(penalty));
  return penalties[static_cast<size_t>(std::ranges::min_element(scores) - scores.begin())];
}

Vector weights_without(const Problem& problem, int fold) {
  Vector weights = problem.weights();
  for (const int64_t row : problem.rows_of_fold(fold)) weights[row] = 0;
  return weights;
}

}  // namespace

std::vector<double> default_penalties(const Problem& problem) {
  const auto& weights = problem.weights();
  const double mean = weights.sum() / static_cast<double>((weights.array() > 0).count());
  std::vector<double> penalties;
  for (int half_decade = -6; half_decade <= 6; ++half_decade)
    penalties.push_back(mean * static_cast<double>(problem.views()) *
                        std::pow(10, half_decade / 2.0));
  return penalties;
}

size_t downhill(size_t count, size_t start, const std::function<double(size_t)>& score) {
  std::map<size_t, double> known;
  const auto score_at = [&](size_t place) {
    const auto found = known.find(place);
    return found != known.end() ? found->second : known.emplace(place, score(place)).first->second;
  };
  size_t best = start;
  for (;;) {
    size_t next = best;
    if (best + 1 < count && score_at(best + 1) < score_at(next)) next = best + 1;
    if (best > 0 && !known.contains(best - 1) && score_at(best - 1) < score_at(next))
      next = best - 1;
    if (next == best) return best;
    best = next;
  }
}

Matrix ridge_without_folds(const Problem& problem, double penalty) {
  Matrix logits = Matrix::Zero(problem.images(), problem.classes());
  for (int fold = 0; fold < problem.folds(); ++fold) {
    const std::vector<int64_t> images = problem.images_of_fold(fold);
    const Fit fit = problem.moments_without(fold).fit(penalty);
    put_rows(logits, fit(some_rows(problem.rows(), images)), images);
  }
  return logits;
}

double ridge_penalty(const Problem& problem, std::span<const double> penalties) {
  std::vector<Moments> without;
  std::vector<std::vector<int64_t>> images;
  for (const int fold : problem.search_folds()) {
    without.push_back(problem.moments_without(fold));
    images.push_back(problem.images_of_fold(fold));
  }
  return best_penalty(problem, penalties, ridge_start, [&](double penalty) {
    std::vector<Matrix> logits;
    for (size_t i = 0; i < without.size(); ++i)
      logits.push_back(without[i].fit(penalty)(some_rows(problem.rows(), images[i])));
    return problem.score(logits, images);
  });
}

Searched search_ridge(const Problem& problem, std::span<const double> penalties) {
  const double best = ridge_penalty(problem, penalties);
  return {.penalty = best, .out_of_fold = ridge_without_folds(problem, best), .parameters = {}};
}

Searched search_logistic(const Problem& problem, std::span<const double> penalties) {
  const Matrix zero = Matrix::Zero(problem.rows().cols() + 1, problem.classes());
  // A fit to one fold never begins where that to another ended, which knows the images kept out.
  std::vector<Matrix> last(static_cast<size_t>(problem.folds()), zero);
  const auto fit_without = [&](int fold, const LogisticBound& bound, double penalty) {
    Matrix& parameters = last[static_cast<size_t>(fold)];
    const LogisticPoint point = minimize_logistic(
        problem, weights_without(problem, fold), bound,
        {.penalty = penalty, .tolerance = fold_tolerance, .most_iterations = 300}, parameters);
    parameters = point.parameters;
    return point.fit()(some_rows(problem.rows(), problem.images_of_fold(fold)));
  };
  const std::vector<int> search_folds = problem.search_folds();
  const double best = best_penalty(problem, penalties, logistic_start, [&](double penalty) {
    const LogisticBound bound(problem.moments(), penalty);
    std::vector<Matrix> logits;
    std::vector<std::vector<int64_t>> images;
    for (const int fold : search_folds) {
      logits.push_back(fit_without(fold, bound, penalty));
      images.push_back(problem.images_of_fold(fold));
    }
    return problem.score(logits, images);
  });
  Searched result{.penalty = best,
                  .out_of_fold = Matrix::Zero(problem.images(), problem.classes()),
                  .parameters = zero};
  const LogisticBound bound(problem.moments(), best);
  for (int fold = 0; fold < problem.folds(); ++fold) {
    put_rows(result.out_of_fold, fit_without(fold, bound, best), problem.images_of_fold(fold));
    result.parameters += last[static_cast<size_t>(fold)] / problem.folds();
  }
  return result;
}

}  // namespace thaw::algebra
