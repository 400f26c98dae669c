#include "thaw/app/recipe_flags.h"

#include <CLI/CLI.hpp>
#include <charconv>

#include "thaw/core/error.h"

namespace thaw::app {
namespace {

/// "all", or a number of layers.
std::optional<int64_t> parse_unfreeze(const std::string& text) {
  if (text == "all") return std::nullopt;
  int64_t layers = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), layers);
  if (failure != std::errc() || end != text.data() + text.size() || layers < 0)
    throw UsageError("--unfreeze: expected a number of layers or all, received \"" + text + "\"");
  return layers;
}

}  // namespace

void add_recipe_flags(CLI::App& app, RecipeFlags& flags) {
  app.add_option("--batch-size", flags.batch_size)
      ->check(CLI::Range(1, 65536))
      ->capture_default_str();
  app.add_option("--epochs", flags.epochs, "of feature extraction (0: skip it)")
      ->check(CLI::Range(0, 1000000))
      ->capture_default_str();
  app.add_option("--learning-rate", flags.learning_rate, "of feature extraction")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  app.add_option("--unfreeze", flags.unfreeze,
                 "how many of the base's last layers are fine-tuned (0: skip that; all)")
      ->capture_default_str();
  app.add_option("--fine-tune-epochs", flags.fine_tune_epochs)
      ->check(CLI::Range(0, 1000000))
      ->capture_default_str();
  app.add_option("--fine-tune-learning-rate", flags.fine_tune_learning_rate)
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  app.add_option("--optimizer", flags.optimizer, "adam, adamw, rmsprop, sgd")
      ->capture_default_str();
  app.add_option("--loss", flags.loss, "Keras's name (auto: categorical_crossentropy)")
      ->capture_default_str();
  app.add_option("--precision", flags.precision,
                 "of what is frozen: f32, or bf16 where the processor has it")
      ->check(CLI::IsMember({"f32", "bf16"}))
      ->capture_default_str();
  app.add_option("--threads", flags.threads, "0: as many as this process may run on at once")
      ->check(CLI::Range(0, 1024))
      ->capture_default_str();
}

RecipeOptions recipe_options(const RecipeFlags& flags) {
  optimizer_types::find(flags.optimizer);
  if (flags.loss != "auto") loss_types::find(flags.loss);
  const auto layers = parse_unfreeze(flags.unfreeze);
  const bool fine_tunes = !layers || *layers > 0;
  RecipeOptions result;
  result.stages = {
      {.name = "feature_extraction", .epochs = flags.epochs, .learning_rate = flags.learning_rate},
      {.name = "fine_tuning",
       .epochs = fine_tunes ? flags.fine_tune_epochs : 0,
       .learning_rate = flags.fine_tune_learning_rate,
       .unfreeze = layers}};
  result.optimizer = flags.optimizer;
  result.loss = flags.loss;
  result.batch_size = flags.batch_size;
  return result;
}

EngineOptions engine_options(const RecipeFlags& flags) {
  return {.threads = flags.threads,
          .precision = flags.precision == "bf16" ? Precision::bf16 : Precision::f32};
}

}  // namespace thaw::app
