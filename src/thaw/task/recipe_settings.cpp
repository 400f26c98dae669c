#include "thaw/task/recipe_settings.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <string_view>

#include "thaw/core/named.h"
#include "thaw/task/option.h"
#include "thaw/train/callback.h"
#include "thaw/train/metric.h"

namespace thaw {
namespace {

constexpr Range no_less_than_0{0, std::numeric_limits<double>::infinity()};

Unfreeze unfreeze_from(const std::string& text) {
  if (text == "all") return std::optional<int64_t>();
  int64_t count = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), count);
  const std::string_view rest(end, text.data() + text.size());
  if (failure != std::errc() || count < 0 ||
      (!rest.empty() && rest != "-block" && rest != "-blocks")) {
    throw UsageError("expected a number of layers or all, or of blocks (2-blocks), received \"" +
                     text + "\"");
  }
  Unfreeze result = std::optional(count);
  if (!rest.empty()) result.blocks = count;
  return result;
}

std::string to_text(const Unfreeze& unfreeze) {
  if (unfreeze.blocks) return std::to_string(*unfreeze.blocks) + "-blocks";
  return unfreeze.layers ? std::to_string(*unfreeze.layers) : "all";
}

std::vector<std::string> callbacks_from(const std::string& text) {
  std::vector<std::string> result;
  for (size_t begin = 0; begin <= text.size();) {
    const size_t end = std::min(text.find(';', begin), text.size());
    std::string_view one = std::string_view(text).substr(begin, end - begin);
    while (one.starts_with(' ')) one.remove_prefix(1);
    while (one.ends_with(' ')) one.remove_suffix(1);
    if (!one.empty()) result.emplace_back(one);
    begin = end + 1;
  }
  return result;
}

std::string callbacks_to(const std::vector<std::string>& callbacks) {
  std::string text;
  for (const std::string& callback : callbacks) text += (text.empty() ? "" : "; ") + callback;
  return text;
}

/// A number from `least` on and below or up to 1.
double part_from(const std::string& text, double least, bool includes_1) {
  double value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool is_whole = failure == std::errc() && end == text.data() + text.size();
  if (!is_whole || !(value >= least) || !(includes_1 ? value <= 1 : value < 1)) {
    throw UsageError("expected a number from " + Config(least).to_string() +
                     (includes_1 ? " to 1" : " to below 1") + ", received \"" + text + "\"");
  }
  return value;
}

double warmup_from(const std::string& text) { return part_from(text, 0, false); }
double ema_from(const std::string& text) { return part_from(text, 0, true); }
std::string number_to(const double& value) { return Config(value).to_string(); }

/// How fast each stage learns, by step and by depth.
void describe_rates(RecipeSettings& of, OptionList& options) {
  static constexpr std::pair<const char*, ScheduleKind> schedules[] = {
      {"constant", ScheduleKind::constant},
      {"cosine", ScheduleKind::cosine},
      {"one_cycle", ScheduleKind::one_cycle}};
  options.add("schedule", of.schedule, schedules,
              {.help = "how the learning rate goes over the steps of each stage; cosine: down to 0 "
                       "by half a cosine; one_cycle: up to it and down again"});
  options.add("warmup", of.warmup, &warmup_from, &number_to,
              {.help = "the part of each stage's steps in which the learning rate rises from 0 "
                       "(auto: none; with one_cycle 0.3)",
               .value = "PART",
               .unset = "auto"});
  options.add("layer-decay", of.layer_decay,
              {.help = "in fine-tuning, what the learning rate of each block of the base is "
                       "multiplied by, from the last but one down, beside that of the block above "
                       "it; thaw summary lists the blocks",
               .value = "FACTOR",
               .range = Range{1e-6, 1}});
  options.add("ema", of.ema, &ema_from, &number_to,
              {.help = "the momentum, such as 0.99, of a moving average of the weights, which they "
                       "become at the end of each stage: the optimizer's use_ema and ema_momentum",
               .value = "MOMENTUM",
               .unset = "off"});
}

/// What each stage's images count, which epoch it keeps, and what else watches it.
void describe_watching(RecipeSettings& of, OptionList& options) {
  options.add("class-weight", of.class_weight,
              {.help = "how much the images of each class count in the loss: balanced, the fewer "
                       "the more (images/(classes*images of the class)), or a JSON file such as "
                       "{\"cat\": 2, \"dog\": 0.5}, where a class that is not named counts 1",
               .value = "none|balanced|FILE",
               .usual = "all count the same",
               .completes = Completes::file});
  static constexpr std::pair<const char*, KeptEpoch> kept_epochs[] = {{"last", KeptEpoch::last},
                                                                      {"best", KeptEpoch::best}};
  options.add(
      "keep", of.keep, kept_epochs,
      {.help = "the epoch whose weights each stage ends with: its last, as in Keras, or the "
               "best, of the lowest val_loss (loss, without validation)"});
  options.add("callbacks", of.callbacks, &callbacks_from, &callbacks_to,
              {.help = "what else watches each stage, separated by semicolons: of " +
                       names_of(callback_types::all()) +
                       "; with options as in \"early_stopping@patience=2,monitor=val_accuracy\"",
               .value = "NAMES",
               .usual = "none"});
}

}  // namespace

void RecipeSettings::describe(OptionList& options) {
  // A member added to the struct stops this from compiling until it is described below, or counted
  // here as one that is no option.
  [[maybe_unused]] const auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q] = *this;
  options.add("batch-size", batch_size,
              {.help = "images a step of training", .value = "N", .range = Range{1, 65536}});
  options.add("epochs", epochs,
              {.help = "of feature extraction, with all of the base frozen (0: skip it)",
               .value = "N",
               .range = Range{0, 1000000}});
  options.add("learning-rate", learning_rate,
              {.help = "of feature extraction", .value = "RATE", .range = no_less_than_0});
  options.add(
      "unfreeze", unfreeze, &unfreeze_from, &to_text,
      {.help =
           "how many of the base's last layers are fine-tuned, of its network alone, as Keras "
           "counts them (0: skip fine-tuning), or of its last blocks: 1-block, 2-blocks, as thaw "
           "summary lists them",
       .value = "N|N-blocks|all"});
  options.add("fine-tune-epochs", fine_tune_epochs,
              {.help = "of fine-tuning (0: skip it)", .value = "N", .range = Range{0, 1000000}});
  options.add("fine-tune-learning-rate", fine_tune_learning_rate,
              {.help = "of fine-tuning", .value = "RATE", .range = no_less_than_0});
  options.add("head", head,
              {.help = "what stands before the last layer of a new head: \"dense 128 relu, dropout "
                       "0.3\" (dense UNITS [ACTIVATION], dropout RATE, batch_normalization)",
               .value = "LAYERS",
               .usual = "nothing"});
  options.add("optimizer", optimizer,
              {.help = "one of " + names_of(optimizer_types::all()), .value = "NAME"});
  describe_rates(*this, options);
  options.add("loss", loss,
              {.help = "one of " + names_of(loss_types::all()) + "; auto: categorical_crossentropy",
               .value = "NAME",
               .unset = "auto"});
  options.add("metrics", metrics,
              {.help = "what else is measured, separated by commas: of " + metric_names(),
               .value = "NAMES"});
  describe_watching(*this, options);
}

RecipeOptions RecipeSettings::recipe() const {
  make_optimizer(optimizer);
  with_context("--head", [&] { (void)hidden_layers(head); });
  if (loss) make_loss(*loss);
  check_metrics(metrics);
  for (const std::string& callback : callbacks)
    with_context("--callbacks", [&] { (void)make_callback(callback); });
  if (ema && keep == KeptEpoch::best) {
    throw UsageError(
        "--ema: the weights of the best epoch, which --keep best asks for, are no averages: leave "
        "one of them out");
  }
  const bool fine_tunes = !unfreeze.layers || *unfreeze.layers > 0;
  RecipeOptions result;
  result.stages = {{.name = "feature_extraction", .epochs = epochs, .learning_rate = learning_rate},
                   {.name = "fine_tuning",
                    .epochs = fine_tunes ? fine_tune_epochs : 0,
                    .learning_rate = fine_tune_learning_rate,
                    .unfreeze = unfreeze.layers,
                    .at_most = !unfreeze.is_asked,
                    .unfreeze_blocks = unfreeze.blocks,
                    .layer_decay = layer_decay}};
  for (StageOptions& stage : result.stages) {
    stage.schedule = schedule;
    stage.warmup = warmup;
    stage.ema = ema;
  }
  result.head = head;
  result.optimizer = optimizer;
  result.loss = loss;
  result.metrics = metrics;
  result.batch_size = batch_size;
  return result;
}

void check_metrics(const std::vector<std::string>& names) {
  for (const std::string& name : names) with_context("--metrics", [&] { check_metric(name); });
}

std::string metric_names() { return metric_types::names(); }

}  // namespace thaw
