#include "thaw/heads/head_choice.h"

#include <algorithm>
#include <cmath>
#include <memory>

#include "thaw/core/error.h"
#include "thaw/heads/algebra/logistic_fit.h"
#include "thaw/heads/algebra/penalty_search.h"
#include "thaw/heads/algebra/weighting.h"
#include "thaw/heads/calibration.h"

namespace thaw {
namespace {

using algebra::Matrix;
using algebra::Problem;
using algebra::Searched;
using algebra::Weighting;

constexpr int64_t few_images = 500;
constexpr double most_logistic_work = 3e8;
/// Logistic regression is tried where ridge regression on the same groups has at most this times
/// the least negative log likelihood of those before.
constexpr double promising = 1.15;
/// Of the head that is kept.
constexpr double final_tolerance = 1e-4;

std::vector<Weighting> weightings_of(const HeadData& data, const HeadChoiceOptions& options) {
  std::vector<Weighting> result;
  const bool has_several = data.groups.size() > 1;
  result.push_back(algebra::all_groups(data));
  if (has_several && data.images() <= few_images)
    result.push_back(algebra::all_groups_evenly(data));
  if (options.last_group_alone && has_several) result.push_back(algebra::last_group_alone(data));
  return result;
}

/// The groups with the weights that are called so.
std::vector<FeatureGroup> groups_of(const HeadData& data, const std::string& weighting) {
  for (const Weighting& one : {algebra::last_group_alone(data), algebra::all_groups(data),
                               algebra::all_groups_evenly(data)})
    if (one.name == weighting) return one.groups;
  throw UsageError("fitting a head again: no weights of groups are called \"" + weighting + "\"");
}

LinearHead logistic_head(const Problem& problem, double penalty, const Matrix& start) {
  const algebra::LogisticBound bound(problem.moments(), penalty);
  const auto point = algebra::minimize_logistic(
      problem, problem.weights(), bound, {.penalty = penalty, .tolerance = final_tolerance}, start);
  return problem.head_of(point.fit());
}

/// A candidate and what is needed to fit it to all images.
struct Member {
  HeadCandidate told;
  Tensor out_of_fold;                ///< logits as they are
  const Problem* problem = nullptr;  ///< none for means
  Matrix parameters;                 ///< where logistic regression begins; empty for ridge
  std::vector<size_t> of;            ///< whose mean it is
};

class Choice {
 public:
  Choice(const HeadData& data, const HeadChoiceOptions& options)
      : data_(data), options_(options), weights_(image_weights(data)) {}

  HeadChoice run() {
    for (const Weighting& weighting : weightings_of(data_, options_)) try_weighting(weighting);
    const size_t single = members_.size();
    if (options_.means && single > 1) try_mean_of_all(single);
    const auto better = [](const Member& a, const Member& b) {
      return a.told.negative_log_likelihood < b.told.negative_log_likelihood;
    };
    const auto best = std::ranges::min_element(members_, better);
    HeadChoice choice;
    choice.chosen = best->told;
    choice.head = at_temperature(head_of(*best), best->told.temperature);
    choice.out_of_fold = scaled(*best);
    choice.by_class = results_by_class(choice.out_of_fold, data_.labels);
    std::ranges::stable_sort(members_, better);
    for (Member& member : members_) choice.candidates.push_back(std::move(member.told));
    return choice;
  }

 private:
  void try_weighting(const Weighting& weighting) {
    HeadData weighted = data_;
    weighted.groups = weighting.groups;
    problems_.push_back(std::make_unique<Problem>(weighted));
    const Problem& problem = *problems_.back();
    std::vector<size_t> of;
    bool is_promising = true;
    if (options_.ridge) {
      of.push_back(members_.size());
      add("ridge on " + weighting.name, weighting, problem, search_ridge(problem));
      const double own = members_.back().told.negative_log_likelihood;
      least_of_ridge_ = std::min(least_of_ridge_, own);
      is_promising = own <= promising * least_of_ridge_;
    }
    const double work =
        static_cast<double>(problem.rows().size()) * static_cast<double>(problem.classes());
    if (options_.logistic && (!options_.ridge || (is_promising && work <= most_logistic_work))) {
      of.push_back(members_.size());
      add("logistic regression on " + weighting.name, weighting, problem, search_logistic(problem));
      members_.back().told.is_logistic = true;
    }
    if (options_.means && of.size() == 2)
      means_.emplace_back("mean of ridge and logistic regression on " + weighting.name, of);
  }

  void add(std::string name, const Weighting& weighting, const Problem& problem,
           Searched searched) {
    Member member{.told = {.name = std::move(name),
                           .all_groups = weighting.all_groups,
                           .penalty = searched.penalty,
                           .weighting = weighting.name},
                  .out_of_fold = algebra::tensor_of(searched.out_of_fold),
                  .problem = &problem,
                  .parameters = std::move(searched.parameters),
                  .of = {}};
    judge(member);
    members_.push_back(std::move(member));
  }

  void try_mean_of_all(size_t single) {
    std::vector<size_t> all(single);
    for (size_t i = 0; i < single; ++i) all[i] = i;
    if (means_.size() != 1 || single != 2) means_.emplace_back("mean of all", all);
    for (auto& [name, of] : means_) add_mean(std::move(name), std::move(of));
  }

  void add_mean(std::string name, std::vector<size_t> of) {
    Member mean{.told = {.name = std::move(name), .all_groups = false},
                .out_of_fold = Tensor::zeros(members_.front().out_of_fold.shape()),
                .parameters = {},
                .of = std::move(of)};
    for (const size_t i : mean.of) {
      mean.told.all_groups = mean.told.all_groups || members_[i].told.all_groups;
      mean.told.of.push_back(members_[i].told);
      const Tensor part = scaled(members_[i]);
      for (size_t j = 0; j < part.values().size(); ++j)
        mean.out_of_fold.values()[j] += part.values()[j] / static_cast<float>(mean.of.size());
    }
    judge(mean);
    members_.push_back(std::move(mean));
  }

  void judge(Member& member) const {
    HeadCandidate& told = member.told;
    told.temperature = cautious_temperature(member.out_of_fold, data_.labels, weights_);
    told.negative_log_likelihood =
        negative_log_likelihood(member.out_of_fold, data_.labels, weights_, told.temperature);
    told.accuracy = accuracy_of(member.out_of_fold, data_.labels, weights_);
  }

  static Tensor scaled(const Member& member) {
    Tensor result = member.out_of_fold.clone();
    for (float& value : result.values())
      value = static_cast<float>(value / member.told.temperature);
    return result;
  }

  /// Fitted to all, logits as they are.
  LinearHead head_of(const Member& member) const {
    if (member.problem == nullptr) {
      std::vector<LinearHead> heads;
      for (const size_t i : member.of)
        heads.push_back(at_temperature(head_of(members_[i]), members_[i].told.temperature));
      return mean_of(heads);
    }
    const Problem& problem = *member.problem;
    const double penalty = member.told.penalty;
    if (member.parameters.size() == 0) return problem.head_of(problem.moments().fit(penalty));
    return logistic_head(problem, penalty, member.parameters);
  }

  const HeadData& data_;
  const HeadChoiceOptions& options_;
  std::vector<double> weights_;
  double least_of_ridge_ = INFINITY;
  std::vector<std::unique_ptr<Problem>> problems_;
  std::vector<Member> members_;
  std::vector<std::pair<std::string, std::vector<size_t>>> means_;
};

}  // namespace

HeadChoice choose_head(const HeadData& data, const HeadChoiceOptions& options) {
  if (data.folds.empty())
    throw UsageError(
        "choosing a head: expected folds, as stratified_folds() makes them, received "
        "none");
  if (!options.ridge && !options.logistic)
    throw UsageError(
        "choosing a head: expected ridge, logistic regression or both, received "
        "neither");
  check_head_data(data);
  return Choice(data, options).run();
}

LinearHead refit(const HeadData& data, const HeadCandidate& candidate) {
  if (!candidate.of.empty()) {
    std::vector<LinearHead> heads;
    heads.reserve(candidate.of.size());
    for (const HeadCandidate& one : candidate.of) heads.push_back(refit(data, one));
    return at_temperature(mean_of(heads), candidate.temperature);
  }
  HeadData weighted = data;
  weighted.groups = groups_of(data, candidate.weighting);
  weighted.folds.clear();
  const Problem problem(weighted);
  if (!candidate.is_logistic) {
    return at_temperature(problem.head_of(problem.moments().fit(candidate.penalty)),
                          candidate.temperature);
  }
  const Matrix start = Matrix::Zero(problem.rows().cols() + 1, problem.classes());
  return at_temperature(logistic_head(problem, candidate.penalty, start), candidate.temperature);
}

std::vector<ClassResult> results_by_class(const Tensor& logits, std::span<const int64_t> labels) {
  const auto classes = static_cast<size_t>(logits.shape()[1]);
  std::vector<ClassResult> results(classes);
  std::vector<std::vector<int64_t>> said(classes);
  for (size_t i = 0; i < labels.size(); ++i) {
    const auto row = logits.values().subspan(i * classes, classes);
    const int64_t most = std::ranges::max_element(row) - row.begin();
    ClassResult& result = results[static_cast<size_t>(labels[i])];
    ++result.images;
    if (most == labels[i]) {
      ++result.right;
    } else {
      said[static_cast<size_t>(labels[i])].push_back(most);
    }
  }
  for (size_t label = 0; label < classes; ++label) {
    std::ranges::sort(said[label]);
    for (const int64_t other : said[label]) {
      const int64_t times = std::ranges::count(said[label], other);
      if (times > results[label].mistaken) {
        results[label].mistaken = times;
        results[label].mistaken_for = other;
      }
    }
  }
  return results;
}

}  // namespace thaw
