#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "thaw/core/config.h"
#include "thaw/core/tensor.h"
#include "thaw/core/threads.h"
#include "thaw/core/variable.h"
#include "thaw/train/learning_rate_schedule.h"

namespace thaw {

/// What every optimizer can do to gradients and weights, as in Keras; at most one of the clips.
struct OptimizerCommon {
  std::optional<double> clipnorm = {};         ///< largest norm of each gradient
  std::optional<double> clipvalue = {};        ///< largest magnitude of each element
  std::optional<double> global_clipnorm = {};  ///< largest norm of all gradients together
  std::optional<double> weight_decay = {};  ///< w ← w − w·decay·learning_rate before each step
  /// Whether a moving average of each weight is kept: after every step average ← m·average +
  /// (1 − m)·w with m = ema_momentum, after the first average ← w. At the end of a fit w ← average.
  bool use_ema = false;
  double ema_momentum = 0.99;
  /// w ← average after every so many steps too.
  std::optional<int64_t> ema_overwrite_frequency = {};

  template <typename Visit>
  void fields(Visit&& visit) {
    visit("weight_decay", weight_decay);
    visit("clipnorm", clipnorm);
    visit("global_clipnorm", global_clipnorm);
    visit("clipvalue", clipvalue);
    visit("use_ema", use_ema);
    visit("ema_momentum", ema_momentum);
    visit("ema_overwrite_frequency", ema_overwrite_frequency);
  }
};

/// The numbers of one step.
struct OptimizerStep {
  float learning_rate = 0;
  int64_t number = 1;  ///< t, counted from 1
};

/// A tensor that an optimizer keeps beside each variable, of its shape.
struct OptimizerSlot {
  std::string name;   ///< Keras's, as in files: "momentum"
  float initial = 0;  ///< what its elements begin with
};

/// The formula of one optimizer.
class UpdateRule {
 public:
  virtual ~UpdateRule() = default;
  virtual std::vector<OptimizerSlot> slots() const = 0;
  /// Its numbers under Keras's names: "beta_1", …
  virtual Config config() const = 0;
  /// Updates elements that lie side by side; each element depends on itself alone.
  virtual void update(std::span<float> values, std::span<const float> gradients,
                      std::span<float* const> slots, const OptimizerStep& step) const = 0;
};

/// An optimizer and its state. A handle: copies are the same optimizer.
class Optimizer {
 public:
  Optimizer() = default;
  /// Throws UsageError on more than one clip, a learning rate below 0, or numbers of the average
  /// that are none.
  Optimizer(std::string_view name, double learning_rate, OptimizerCommon common,
            std::unique_ptr<UpdateRule> rule);

  bool empty() const { return state_ == nullptr; }
  const std::string& name() const;
  double learning_rate() const;
  /// Throws UsageError unless it is 0 or more.
  void set_learning_rate(double learning_rate);
  /// What the learning rate is multiplied by, by iterations(); at first it is 1.
  void set_schedule(const LearningRateSchedule& schedule);
  /// The learning rate of some variables is multiplied by this; of others by 1.
  void set_rate_factors(std::map<VariablePtr, double> factors);
  /// What the next step has, but for rate factors: learning_rate() as the schedule has it then.
  double current_learning_rate() const;
  /// Steps done so far.
  int64_t iterations() const;
  void set_iterations(int64_t iterations);

  /// Keras 3's config: name, learning rate, what is common, the rule's numbers.
  Config config() const;

  /// Makes new slots for these variables and iterations 0, unless they are its own already, in
  /// whatever order.
  void build(std::span<const VariablePtr> variables);
  const std::vector<VariablePtr>& variables() const;
  /// With use_ema "average" is the first.
  std::vector<OptimizerSlot> slots() const;
  std::vector<std::string> slot_names() const;
  /// Slot `slot`, in the order of slots(), of the variable at `index`; may be read and written
  /// between steps.
  Tensor& slot(size_t index, size_t slot);
  const Tensor& slot(size_t index, size_t slot) const;

  /// One step, in place. Gradients may be changed by clipping. The bits do not depend on the number
  /// of threads. Throws Error unless there is a gradient a variable.
  void apply(std::span<Tensor> gradients, Threads& threads);
  bool keeps_average() const;  ///< OptimizerCommon::use_ema
  /// What Keras does at the end of a fit: with use_ema the variables become their averages.
  void finalize_variable_values();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

/// What is kept beside each variable by a rule that keeps `of_rule`: with use_ema "average" before.
std::vector<OptimizerSlot> all_slots(const OptimizerCommon& common,
                                     std::vector<OptimizerSlot> of_rule);

/// One kind of optimizer: a row of the table that CMake makes from the files of train/optimizers/.
struct OptimizerType {
  std::string_view name;
  std::string_view class_name;  ///< Keras's: "AdamW"
  /// All that may be given, by Keras's names: learning_rate, what is common, its own numbers.
  std::vector<std::string> (*option_names)();
  /// From options by those names. Throws UsageError on others.
  Optimizer (*from_options)(const Config& options);
  /// As from_options(), where what is absent is switched off, not what it usually is.
  Optimizer (*from_file)(const Config& options);
  /// What it would keep beside each variable.
  std::vector<OptimizerSlot> (*slots)(const Config& options);
};

namespace optimizer_types {
/// Every optimizer there is.
std::span<const OptimizerType* const> all();
/// Throws UsageError listing the known names.
const OptimizerType& find(std::string_view name);
}  // namespace optimizer_types

/// By name, with options or none: "adam", "sgd@momentum=0.9,nesterov=true". `learning_rate` counts
/// unless the text has one. Throws UsageError on what is not known.
Optimizer make_optimizer(std::string_view text, std::optional<double> learning_rate = {});

}  // namespace thaw
