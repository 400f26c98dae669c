#include "thaw/recipe/climb.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "thaw/core/error.h"
#include "thaw/core/variable.h"
#include "thaw/graph/blocks.h"
#include "thaw/graph/network.h"
#include "thaw/heads/calibration.h"
#include "thaw/heads/folds.h"
#include "thaw/recipe/ladder.h"

namespace thaw {
namespace {

constexpr const char* loss = "categorical_crossentropy";
/// Of a fit on a rung: many more only fit what was seen.
constexpr int64_t wanted_steps = 160;

/// Numbers of last blocks, each with one more of those that have weights.
std::vector<int64_t> rungs_of(const Functional& network, int64_t most) {
  const auto layers = counted_layers(network);
  const std::vector<Block> blocks = blocks_of(network);
  std::vector<int64_t> result;
  for (size_t i = blocks.size(); i-- > 0 && std::ssize(result) < most;) {
    const auto block = layers.subspan(blocks[i].first, blocks[i].count);
    const bool has_weights = std::ranges::any_of(block, [](const Layer& layer) {
      return std::ranges::any_of(layer.variables(),
                                 [](const VariablePtr& variable) { return variable->can_train(); });
    });
    if (has_weights) result.push_back(static_cast<int64_t>(blocks.size() - i));
  }
  return result;
}

std::vector<int64_t> labels_of(const Dataset& data, const std::vector<int64_t>& samples) {
  std::vector<int64_t> labels;
  labels.reserve(samples.size());
  for (const int64_t sample : samples) labels.push_back(data.label(sample));
  return labels;
}

/// How much each image counts: its own weight times that of its class.
std::vector<double> weights_of(const Dataset& data, const std::vector<int64_t>& samples,
                               const std::map<int64_t, double>& class_weight) {
  std::vector<double> result;
  result.reserve(samples.size());
  for (const int64_t sample : samples) {
    const auto found = class_weight.find(data.label(sample));
    result.push_back(data.weight(sample) * (found == class_weight.end() ? 1 : found->second));
  }
  return result;
}

/// Those of `all` that `places` name.
std::vector<int64_t> chosen(const std::vector<int64_t>& all, const std::vector<int64_t>& places) {
  std::vector<int64_t> result;
  result.reserve(places.size());
  for (const int64_t place : places) result.push_back(all[static_cast<size_t>(place)]);
  return result;
}

/// Says how well the kept-out logits are calibrated before their temperature and after.
void calibrate(ClimbResult& result) {
  const std::vector<int64_t> labels = chosen(result.labels, result.kept_out);
  const double temperature = cautious_temperature(result.kept_out_logits, labels);
  result.calibration_error_before =
      expected_calibration_error(softmax_of(result.kept_out_logits), labels);
  result.calibration_error =
      expected_calibration_error(softmax_of(result.kept_out_logits, temperature), labels);
  result.by_class = results_by_class(result.kept_out_logits, labels);
  int64_t right = 0;
  for (const ClassResult& one : result.by_class) right += one.right;
  result.accuracy = static_cast<double>(right) / static_cast<double>(labels.size());
  result.accuracy_interval = wilson_interval(right, std::ssize(labels));
  for (float& logit : result.kept_out_logits.values())
    logit = static_cast<float>(logit / temperature);
  result.temperature = temperature;
}

}  // namespace

Climb::Climb(const Functional& base, int64_t classes, ClimbOptions options)
    : base_(base),
      classes_(classes),
      options_(std::move(options)),
      taps_(taps_of(network_of(base))),
      extractor_(climb_model(base, taps_, classes)) {
  rungs_ = rungs_of(network_of(base), options_.most_blocks);
  if (options_.folds < 2)
    throw UsageError(fmt::format("expected 2 folds or more, received {}", options_.folds));
}

bool Climb::read(Engine& engine, const Dataset& data) {
  kept_ = options_.feature_folder ? std::make_shared<KeptFeatures>(*options_.feature_folder)
                                  : std::make_shared<KeptFeatures>();
  const Functional network = network_of(base_);
  extractor_.model.compile({.optimizer = make_optimizer("sgd", 0.0), .loss = loss});
  for (const int64_t blocks : rungs_) {
    train_last_blocks(extractor_, network, blocks);
    kept_->expect(extractor_.model.frozen_cut());
  }
  train_last_blocks(extractor_, network, 0);
  auto features = frozen_features(extractor_.model, engine, data,
                                  {.callbacks = options_.callbacks,
                                   .cache = options_.cache,
                                   .features = kept_,
                                   .stop = options_.stop});
  if (!features) return false;
  features_ = std::move(*features);
  const std::vector<int64_t> labels = labels_of(data, features_.samples);
  const auto same =
      options_.same.empty() ? std::vector<int64_t>{} : chosen(options_.same, features_.samples);
  folds_ = filled_folds(labels, options_.folds, options_.seed, same);
  return true;
}

HeadData Climb::head_data(const Dataset& data, int64_t views) const {
  std::vector<int64_t> labels = labels_of(data, features_.samples);
  std::vector<double> weights = weights_of(data, features_.samples, options_.class_weight);
  const int64_t rows = views * std::ssize(labels);
  return {.features = features_.values.rows(0, rows),
          .groups = extractor_.groups,
          .labels = std::move(labels),
          .classes = classes_,
          .weights = std::move(weights),
          .folds = folds_,
          .views = views};
}

HeadChoice Climb::best_heads(const Dataset& data) {
  views_ = 1;
  HeadChoice plain = choose_head(head_data(data, 1));
  if (data.views() == 1) return plain;
  HeadChoice viewed = choose_head(head_data(data, data.views()));
  if (viewed.chosen.negative_log_likelihood >= plain.chosen.negative_log_likelihood) return plain;
  views_ = data.views();
  return viewed;
}

std::optional<HeadChoice> Climb::probe(Engine& engine, const Dataset& data) {
  if (!read(engine, data)) return std::nullopt;
  return best_heads(data);
}

void Climb::resume() {
  state_ = {};
  if (!options_.checkpoint) return;
  if (options_.checkpoint->resume && std::filesystem::exists(options_.checkpoint->path)) {
    state_ = ClimbState::load(options_.checkpoint->path);
    require_same_settings(*options_.checkpoint, state_.settings, state_.lists);
  }
  state_.settings = options_.checkpoint->settings;
  state_.lists = options_.checkpoint->lists;
}

bool Climb::save_state() {
  if (!options_.checkpoint) return false;
  try {
    state_.save(options_.checkpoint->path);
    state_failure_.clear();
    return true;
  } catch (const Error& error) {
    if (options_.on_state_failure && state_failure_ != error.what())
      options_.on_state_failure(error.what());
    state_failure_ = error.what();
    return false;
  }
}

LadderOptions Climb::ladder_options() {
  const int64_t images = std::ssize(features_.samples);
  const int64_t steps = (images + options_.batch_size - 1) / options_.batch_size;
  const int64_t usual = std::clamp<int64_t>((wanted_steps + steps - 1) / steps, 3, 8);
  const int epochs = options_.epochs.value_or(static_cast<int>(usual));
  return {.rung = {.epochs = epochs, .learning_rate = options_.learning_rate},
          .blocks = rungs_,
          .seed = options_.seed,
          .on_rung_begin = options_.on_rung_begin,
          .on_rung = options_.on_rung,
          .has_time = options_.has_time,
          .save = [this] { save_state(); }};
}

FoldTrainer Climb::trainer_of(Engine& engine, const Dataset& data, const ClimbModel& model) const {
  return {{.engine = engine,
           .data = data,
           .base = base_,
           .samples = features_.samples,
           .folds = folds_,
           .features = kept_,
           .cache = options_.cache,
           .class_weight = options_.class_weight,
           .first_views_alone = views_ == 1,
           .batch_size = options_.batch_size,
           .stop = options_.stop,
           .callbacks = options_.callbacks},
          model,
          rungs_.back()};
}

void Climb::take(const FoldTrainer& trainer, const Weights& weights, const ClimbModel& trained,
                 const ColumnScaling& scaling, double temperature) {
  for (const VariablePtr& variable : trainer.variables())
    changed_.emplace_back(variable, variable->value().clone());
  trainer.assign(weights);
  const LinearHead head = unscaled(head_of(trained.head), scaling);
  keep(at_temperature(head, temperature));
}

void Climb::keep(const LinearHead& head) {
  model_used_ = used_by(head, extractor_.groups);
  model_ = model_of(base_, taps_, head, extractor_.groups, model_used_);
}

void Climb::restore_base() {
  for (const auto& [variable, value] : changed_) variable->assign(value);
  changed_.clear();
  model_.reset();
  detector_.reset();
}

bool Climb::climb(Engine& engine, const Dataset& data, const HeadData& heads, ClimbResult& result) {
  const ColumnScaling scaling = column_scaling(heads.features, extractor_.groups);
  const ClimbModel model = climb_model(base_, taps_, classes_, scaling);
  FoldTrainer trainer = trainer_of(engine, data, model);
  const int64_t images = std::ssize(heads.labels);
  const int64_t wanted = (options_.judged_images * options_.folds + images - 1) / images;
  const int there = std::ranges::max(folds_) + 1;
  const auto folds = static_cast<int>(std::clamp<int64_t>(wanted, 1, there));
  LadderStart start{.all = trainer.with_head(scaled(result.heads.head, scaling))};
  for (int fold = 0; fold < folds; ++fold) {
    const HeadData others = rows_of(heads, images_outside(folds_, fold));
    const LinearHead head = thaw::refit(others, result.heads.chosen);
    start.weights.push_back(trainer.with_head(scaled(head, scaling)));
    start.logits.push_back(rows_at(result.heads.out_of_fold, trainer.places_of(fold)));
  }
  const auto end =
      climb_ladder(trainer, network_of(base_), heads.labels, start, ladder_options(), state_);
  if (!end) return false;
  result.rungs = end->rungs;
  if (end->blocks == 0) return true;
  std::vector<int64_t> kept_out;
  std::vector<float> logits;
  for (int fold = 0; fold < folds; ++fold) {
    std::ranges::copy(trainer.places_of(fold), std::back_inserter(kept_out));
    std::ranges::copy(end->logits[static_cast<size_t>(fold)].values(), std::back_inserter(logits));
  }
  result.kept_out_logits = Tensor::from({std::ssize(kept_out), classes_}, logits);
  result.kept_out = std::move(kept_out);
  calibrate(result);
  take(trainer, end->all, model, scaling, result.temperature);
  if (!options_.unknown_rate) return true;
  if (!find_threshold(engine, data, trainer, end->weights)) return false;
  trainer.assign(end->all);
  return true;
}

bool Climb::refit(Engine& engine, const Dataset& data, const ClimbResult& result) {
  restore_base();
  options_.same.clear();  // of other images
  if (!read(engine, data)) return false;
  const HeadData heads = head_data(data, views_);
  const LinearHead head = thaw::refit(heads, result.heads.chosen);
  const bool is_tuned = std::ranges::any_of(result.rungs, &Rung::is_kept);
  if (!is_tuned) {
    keep(head);
    return fit_detector(engine, data);
  }
  const ColumnScaling scaling = column_scaling(heads.features, extractor_.groups);
  const ClimbModel model = climb_model(base_, taps_, classes_, scaling);
  FoldTrainer trainer = trainer_of(engine, data, model);
  const auto weights = fit_rungs(trainer, result.rungs, trainer.with_head(scaled(head, scaling)),
                                 ladder_options(), state_);
  if (!weights) return false;
  take(trainer, *weights, model, scaling, result.temperature);
  return fit_detector(engine, data);
}

std::optional<ClimbResult> Climb::run(Engine& engine, const Dataset& data) {
  restore_base();
  threshold_.reset();
  if (!read(engine, data)) return std::nullopt;
  resume();
  ClimbResult result;
  result.heads = best_heads(data);
  result.views = views_;
  const HeadData heads = head_data(data, views_);
  result.labels = heads.labels;
  result.dropped = features_.dropped;
  if (options_.on_heads) options_.on_heads(result.heads);
  result.curve = learning_curve(head_data(data, 1), {.seed = options_.seed});
  if (!rungs_.empty() && !climb(engine, data, heads, result)) {
    save_state();
    return std::nullopt;
  }
  if (model_) {
    if (!fit_detector(engine, data)) return std::nullopt;
    return result;
  }
  // The head's own temperature is folded in already: what it did is told apart.
  result.kept_out_logits = result.heads.out_of_fold.clone();
  for (float& logit : result.kept_out_logits.values())
    logit = static_cast<float>(logit * result.heads.chosen.temperature);
  result.kept_out.resize(heads.labels.size());
  std::iota(result.kept_out.begin(), result.kept_out.end(), int64_t{0});
  calibrate(result);
  keep(result.heads.head);
  if (!fit_detector(engine, data)) return std::nullopt;
  return result;
}

std::optional<Tensor> Climb::features_now(Engine& engine, const Dataset& data) {
  train_last_blocks(extractor_, network_of(base_), 0);
  const auto features =
      frozen_features(extractor_.model, engine, data,
                      {.cache = options_.cache, .features = kept_, .stop = options_.stop});
  if (!features) return std::nullopt;
  const Tensor first_views = features->values.rows(0, std::ssize(features->samples));
  return columns_of(first_views, extractor_.groups, model_used_);
}

bool Climb::find_threshold(Engine& engine, const Dataset& data, FoldTrainer& trainer,
                           const std::vector<Weights>& weights) {
  HeadData plain = head_data(data, 1);
  plain.groups = used_groups(extractor_.groups, model_used_);
  std::vector<double> scores;
  for (int fold = 0; std::cmp_less(fold, weights.size()); ++fold) {
    trainer.assign(weights[static_cast<size_t>(fold)]);
    auto features = features_now(engine, data);
    if (!features) return false;
    plain.features = std::move(*features);
    const UnknownDetector without =
        fit_unknown_detector(rows_of(plain, images_outside(folds_, fold)), *options_.unknown_rate);
    for (const int64_t place : trainer.places_of(fold))
      scores.push_back(without.score(plain.features.rows(place, 1).values()));
  }
  threshold_ = refusing_threshold(std::move(scores), *options_.unknown_rate);
  return true;
}

bool Climb::fit_detector(Engine& engine, const Dataset& data) {
  detector_.reset();
  if (!options_.unknown_rate) return true;
  HeadData plain = head_data(data, 1);
  if (changed_.empty()) {
    plain.features = columns_of(plain.features, extractor_.groups, model_used_);
  } else {
    auto features = features_now(engine, data);
    if (!features) return false;
    plain.features = std::move(*features);
  }
  plain.groups = used_groups(extractor_.groups, model_used_);
  detector_ = fit_unknown_detector(plain, *options_.unknown_rate);
  if (!threshold_ || changed_.empty()) return true;
  UnknownDetectorParts parts = detector_->parts();
  parts.threshold = *threshold_;
  detector_ = UnknownDetector(std::move(parts));
  return true;
}

}  // namespace thaw
