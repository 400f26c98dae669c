#include "thaw/heads/logistic.h"

#include <fmt/format.h>

#include "thaw/core/error.h"
#include "thaw/heads/algebra/logistic_fit.h"
#include "thaw/heads/algebra/penalty_search.h"

namespace thaw {

LogisticFit fit_logistic(const HeadData& data, const LogisticOptions& options) {
  check_penalties(options.penalties);
  if (options.penalties.size() != 1 && data.folds.empty())
    throw UsageError(
        "logistic regression: expected folds, by which a penalty is chosen, or one "
        "penalty; received neither");
  if (!(options.tolerance > 0))
    throw UsageError(fmt::format("logistic regression: expected a tolerance above 0, received {}",
                                 options.tolerance));
  const algebra::Problem problem(data);
  LogisticFit result;
  algebra::Matrix start = algebra::Matrix::Zero(problem.rows().cols() + 1, problem.classes());
  if (data.folds.empty()) {
    result.penalty = options.penalties.front();
  } else {
    algebra::Searched searched = algebra::search_logistic(problem, options.penalties);
    result.penalty = searched.penalty;
    result.out_of_fold = algebra::tensor_of(searched.out_of_fold);
    start = std::move(searched.parameters);
  }
  const algebra::LogisticBound bound(problem.moments(), result.penalty);
  const algebra::LogisticPoint point = algebra::minimize_logistic(
      problem, problem.weights(), bound,
      {.penalty = result.penalty, .tolerance = options.tolerance}, start);
  result.head = problem.head_of(point.fit());
  result.iterations = point.iterations;
  result.converged = point.converged;
  return result;
}

}  // namespace thaw
