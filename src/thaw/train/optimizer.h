#pragma once

#include <cstdint>
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

namespace thaw {

/// What every optimizer can do to gradients and weights, as in Keras; at most one of the clips.
struct OptimizerCommon {
  std::optional<double> clipnorm = {};         ///< largest norm of each gradient
  std::optional<double> clipvalue = {};        ///< largest magnitude of each element
  std::optional<double> global_clipnorm = {};  ///< largest norm of all gradients together
  std::optional<double> weight_decay = {};  ///< w ← w − w·decay·learning_rate before each step
};

/// The numbers of one step.
struct OptimizerStep {
  float learning_rate = 0;
  int64_t number = 1;  ///< t, counted from 1
};

/// The formula of one optimizer.
class UpdateRule {
 public:
  virtual ~UpdateRule() = default;
  /// Keras's names of the tensors kept beside each variable: "momentum", "velocity".
  virtual std::vector<std::string> slots() const = 0;
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
  Optimizer(std::string name, double learning_rate, OptimizerCommon common,
            std::unique_ptr<UpdateRule> rule);

  bool empty() const { return state_ == nullptr; }
  const std::string& name() const;
  double learning_rate() const;
  void set_learning_rate(double learning_rate) const;
  /// Steps done so far.
  int64_t iterations() const;
  void set_iterations(int64_t iterations) const;

  /// Keras 3's config: name, learning rate, what is common, the rule's numbers.
  Config config() const;

  /// Makes zeroed slots for these variables and iterations 0, unless they are its own already, in
  /// whatever order.
  void build(std::span<const VariablePtr> variables) const;
  const std::vector<VariablePtr>& variables() const;
  std::vector<std::string> slot_names() const;
  /// The slot of the variable at `index`; may be read and written between steps.
  Tensor& slot(size_t index, size_t slot) const;

  /// One step, in place. Gradients may be changed by clipping. The bits do not depend on the number
  /// of threads.
  void apply(std::span<Tensor> gradients, Threads& threads) const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

class OptimizerConfig;

/// One optimizer: a row of the table that CMake makes from the files of train/optimizers/.
struct OptimizerType {
  std::string_view name;
  std::string_view class_name;  ///< Keras's: "AdamW"
  /// With defaults, but for the learning rate where given.
  Optimizer (*make)(std::optional<double> learning_rate);
  /// From Keras's config; what it does not ask for is left over in it.
  Optimizer (*from_config)(OptimizerConfig& config);
};

namespace optimizer_types {
/// Every optimizer there is.
std::span<const OptimizerType* const> all();
/// Throws UsageError listing the known names.
const OptimizerType& find(std::string_view name);
}  // namespace optimizer_types

}  // namespace thaw
