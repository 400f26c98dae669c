#include "thaw/recipe/ladder.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <limits>

#include "thaw/core/random.h"
#include "thaw/graph/blocks.h"
#include "thaw/heads/calibration.h"
#include "thaw/recipe/sealed_file.h"
#include "thaw/train/not_finite.h"

namespace thaw {
namespace {

using Clock = std::chrono::steady_clock;

/// How far weights may go from those before to those fitted.
constexpr std::array shares = {0.25, 0.5, 0.75, 1.0};

/// One fold of one rung.
struct FoldResult {
  Weights weights;             ///< fitted
  std::vector<Tensor> logits;  ///< one a share
  std::vector<Logs> epochs;
};

Tensor stacked(const std::vector<Tensor>& parts) {
  int64_t rows = 0;
  for (const Tensor& part : parts) rows += part.shape()[0];
  const int64_t columns = parts.at(0).shape()[1];
  Tensor result(Shape{rows, columns});
  auto to = result.values().begin();
  for (const Tensor& part : parts) to = std::ranges::copy(part.values(), to).out;
  return result;
}

/// How logits do on images that they were not fitted to.
struct Judgement {
  double negative_log_likelihood = 0;
  double accuracy = 0;
  std::vector<bool> right;
};

Judgement judge(const Tensor& logits, const std::vector<int64_t>& labels) {
  Judgement result;
  const double temperature = cautious_temperature(logits, labels);
  result.negative_log_likelihood = negative_log_likelihood(logits, labels, {}, temperature);
  result.accuracy = accuracy_of(logits, labels);
  for (int64_t i = 0; i < std::ssize(labels); ++i) {
    const Tensor row = logits.rows(i, 1);
    const auto best = std::ranges::max_element(row.values()) - row.values().begin();
    result.right.push_back(best == labels[static_cast<size_t>(i)]);
  }
  return result;
}

std::vector<Logs> mean_of(const std::vector<FoldResult>& folds) {
  std::vector<Logs> result = folds.at(0).epochs;
  const auto count = static_cast<double>(folds.size());
  for (size_t epoch = 0; epoch < result.size(); ++epoch) {
    for (size_t entry = 0; entry < result[epoch].size(); ++entry) {
      double sum = 0;
      for (const FoldResult& fold : folds) sum += fold.epochs.at(epoch).at(entry).second;
      result[epoch][entry].second = sum / count;
    }
  }
  return result;
}

/// The steps of a climb, each done once.
class Steps {
 public:
  Steps(FoldTrainer& trainer, ClimbState& state, const std::function<void()>& save)
      : trainer_(trainer), state_(state), save_(save) {}

  std::optional<FoldResult> fold(const RungSettings& settings, const Weights& start, int fold) {
    const std::string name = fmt::format("rung {}, fold {}", settings.blocks, fold);
    if (const auto* known = state_.find(name)) return known_fold(*known);
    auto fitted = trainer_.fit(settings, start, fold);
    if (!fitted) return std::nullopt;
    FoldResult result{
        .weights = std::move(fitted->weights), .logits = {}, .epochs = std::move(fitted->epochs)};
    for (const double share : shares) {
      auto logits = trainer_.logits(between(start, result.weights, share), settings.blocks, fold);
      if (!logits) return std::nullopt;
      result.logits.push_back(std::move(*logits));
    }
    keep(name, result);
    return result;
  }

  std::optional<Weights> all(const RungSettings& settings, const Weights& start,
                             const std::string& name) {
    if (const auto* known = state_.find(name)) return known->tensors;
    auto fitted = trainer_.fit(settings, start, std::nullopt);
    if (!fitted) return std::nullopt;
    keep(name, {.weights = std::move(fitted->weights), .logits = {}, .epochs = {}});
    return state_.find(name)->tensors;
  }

 private:
  FoldResult known_fold(const ClimbState::Entry& entry) const {
    FoldResult result;
    const size_t weights = entry.tensors.size() - shares.size();
    for (size_t i = 0; i < entry.tensors.size(); ++i)
      (i < weights ? result.weights : result.logits).push_back(entry.tensors[i]);
    for (const Config& logs : entry.numbers.at("epochs").as_list())
      result.epochs.push_back(logs_from(logs));
    return result;
  }

  void keep(const std::string& name, const FoldResult& result) {
    Config epochs{Config::List{}};
    for (const Logs& logs : result.epochs) epochs.append(logs_config(logs));
    ClimbState::Entry entry;
    entry.numbers.set("epochs", std::move(epochs));
    entry.tensors = result.weights;
    entry.tensors.insert(entry.tensors.end(), result.logits.begin(), result.logits.end());
    state_.add(name, std::move(entry));
    if (save_) save_();
  }

  FoldTrainer& trainer_;
  ClimbState& state_;
  const std::function<void()>& save_;
};

/// Where the ladder stands.
struct Standing {
  std::vector<Weights> weights;
  std::vector<Tensor> logits;
};

/// Takes the best point on the way of each fold, where that is better than standing still.
Rung judged(Rung rung, Standing& standing, const std::vector<FoldResult>& folds,
            const std::vector<int64_t>& labels) {
  const Judgement before = judge(stacked(standing.logits), labels);
  rung.judged_images = std::ssize(labels);
  rung.negative_log_likelihood_before = before.negative_log_likelihood;
  rung.accuracy_before = before.accuracy;
  rung.epochs = mean_of(folds);
  std::optional<size_t> best;
  std::optional<Judgement> best_judgement;
  for (size_t i = 0; i < shares.size(); ++i) {
    std::vector<Tensor> logits;
    logits.reserve(folds.size());
    for (const FoldResult& fold : folds) logits.push_back(fold.logits.at(i));
    Judgement judgement = judge(stacked(logits), labels);
    // Better by likelihood, but not at the cost of images that were right.
    const auto rank = [&](const Judgement& of) {
      return std::pair(of.accuracy < before.accuracy, of.negative_log_likelihood);
    };
    if (best && rank(judgement) >= rank(*best_judgement)) continue;
    best = i;
    best_judgement = std::move(judgement);
  }
  rung.negative_log_likelihood = best_judgement->negative_log_likelihood;
  rung.accuracy = best_judgement->accuracy;
  rung.difference = paired_difference(before.right, best_judgement->right);
  if (rung.accuracy < before.accuracy ||
      rung.negative_log_likelihood >= before.negative_log_likelihood)
    return rung;
  rung.share = shares[*best];
  for (size_t f = 0; f < folds.size(); ++f) {
    standing.weights[f] = between(standing.weights[f], folds[f].weights, rung.share);
    standing.logits[f] = folds[f].logits.at(*best);
  }
  return rung;
}

RungSettings settings_of(int64_t blocks, const LadderOptions& options) {
  RungSettings settings = options.rung;
  settings.blocks = blocks;
  settings.seed = random_stream(options.seed, static_cast<uint64_t>(blocks));
  return settings;
}

class Ladder {
 public:
  Ladder(FoldTrainer& trainer, const std::vector<int64_t>& labels, const LadderStart& start,
         const LadderOptions& options, ClimbState& state)
      : options_(options),
        steps_(trainer, state, options.save),
        standing_{start.weights, start.logits},
        end_{.rungs = {}, .all = start.all, .weights = {}, .logits = start.logits} {
    for (int fold = 0; std::cmp_less(fold, start.weights.size()); ++fold)
      for (const int64_t place : trainer.places_of(fold))
        labels_.push_back(labels[static_cast<size_t>(place)]);
  }

  /// Tries a rung and says how that went; false: it was stopped. One whose numbers do not stay
  /// finite is rolled back.
  bool climb(Rung& rung) {
    const Standing before = standing_;
    try {
      return try_rung(rung);
    } catch (const NotFinite&) {
      standing_ = before;
      const Judgement judgement = judge(stacked(before.logits), labels_);
      rung.judged_images = std::ssize(labels_);
      rung.negative_log_likelihood_before = judgement.negative_log_likelihood;
      rung.negative_log_likelihood = std::numeric_limits<double>::infinity();
      rung.accuracy_before = judgement.accuracy;
      rung.share = 0;
      return true;
    }
  }

  void add(Rung rung) { end_.rungs.push_back(std::move(rung)); }
  LadderEnd end() { return std::move(end_); }

 private:
  bool try_rung(Rung& rung) {
    const RungSettings settings = settings_of(rung.blocks, options_);
    std::vector<FoldResult> folds;
    for (size_t fold = 0; fold < standing_.weights.size(); ++fold) {
      auto result = steps_.fold(settings, standing_.weights[fold], static_cast<int>(fold));
      if (!result) return false;
      folds.push_back(std::move(*result));
    }
    rung = judged(std::move(rung), standing_, folds, labels_);
    if (!rung.is_kept()) return true;
    const auto all = steps_.all(settings, end_.all, fmt::format("rung {}, all", rung.blocks));
    if (!all) return false;
    end_.all = between(end_.all, *all, rung.share);
    end_.blocks = rung.blocks;
    end_.weights = standing_.weights;
    end_.logits = standing_.logits;
    return true;
  }

  const LadderOptions& options_;
  Steps steps_;
  Standing standing_;
  std::vector<int64_t> labels_;  ///< of the images judged by
  LadderEnd end_;
};

}  // namespace

std::optional<LadderEnd> climb_ladder(FoldTrainer& trainer, const Functional& network,
                                      const std::vector<int64_t>& labels, const LadderStart& start,
                                      const LadderOptions& options, ClimbState& state) {
  const std::vector<Block> blocks = blocks_of(network);
  Ladder ladder(trainer, labels, start, options, state);
  int rolled_back = 0;
  for (const int64_t k : options.blocks) {
    if (rolled_back == 2 || (options.has_time && !options.has_time())) break;
    const auto started = Clock::now();
    Rung rung{.name = blocks[blocks.size() - static_cast<size_t>(k)].name, .blocks = k};
    if (options.on_rung_begin) options.on_rung_begin(rung);
    if (!ladder.climb(rung)) return std::nullopt;
    if (!rung.is_kept()) ++rolled_back;
    rung.seconds = std::chrono::duration<double>(Clock::now() - started).count();
    if (options.on_rung) options.on_rung(rung);
    ladder.add(std::move(rung));
  }
  return ladder.end();
}

std::optional<Weights> fit_rungs(FoldTrainer& trainer, const std::vector<Rung>& rungs,
                                 Weights start, const LadderOptions& options, ClimbState& state) {
  Steps steps(trainer, state, options.save);
  for (const Rung& rung : rungs) {
    if (!rung.is_kept()) continue;
    const auto fitted = steps.all(settings_of(rung.blocks, options), start,
                                  fmt::format("rung {}, all and validation", rung.blocks));
    if (!fitted) return std::nullopt;
    start = between(start, *fitted, rung.share);
  }
  return start;
}

}  // namespace thaw
