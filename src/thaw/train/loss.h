#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "thaw/core/config.h"
#include "thaw/ops/activation.h"
#include "thaw/train/batch_result.h"

namespace thaw {

/// A loss by name, with options of its own: .loss = "categorical_crossentropy",
/// .loss = "categorical_crossentropy@label_smoothing=0.1", or
/// .loss = Loss("categorical_crossentropy", {{"label_smoothing", 0.1}}).
struct Loss {
  std::string name;
  Config options{Config::Map{}};  ///< a map, by Keras's names

  Loss() = default;
  /// As parse_choice().
  Loss(std::string_view text);
  Loss(const char* text) : Loss(std::string_view(text)) {}
  Loss(const std::string& text) : Loss(std::string_view(text)) {}
  Loss(std::string loss_name, Config::Map loss_options)
      : name(std::move(loss_name)), options(std::move(loss_options)) {}
};

/// The formula of one loss with its options.
class LossFunction {
 public:
  virtual ~LossFunction() = default;
  /// The options that differ from the usual ones.
  virtual Config options() const = 0;
  /// Σ weight·loss / rows; fills `gradient` [rows, columns], unless empty, with its gradient by the
  /// outputs. Throws Error when targets do not fit.
  virtual double run(const BatchResult& batch, std::span<float> gradient) const = 0;
};

/// What a loss is made for, and what it asks of a model.
struct LossTraits {
  /// The last activation that this loss takes the logits of; linear: none.
  Activation::Kind logits_of = Activation::Kind::linear;
  /// What a classifier trained with it ends in, one unit a class.
  Activation::Kind head = Activation::Kind::linear;
  /// Whether one unit with a sigmoid tells two classes apart.
  bool one_unit_for_two = false;
  /// Whether a target is a class number instead of a vector.
  bool sparse_targets = false;
  /// Keras's short name, "mse"; it stands for the other in upper case too.
  std::string_view short_name = {};
};

/// One kind of loss: a row of the table that CMake makes from the files of train/losses/.
struct LossType : LossTraits {
  std::string_view name;        ///< Keras's: "categorical_crossentropy"
  std::string_view class_name;  ///< Keras's: "CategoricalCrossentropy"
  std::vector<std::string> (*option_names)();
  /// Throws UsageError on options that it does not have.
  std::unique_ptr<LossFunction> (*make)(const Config& options);
};

namespace loss_types {
/// Every loss there is.
std::span<const LossType* const> all();
/// Throws UsageError listing the known names.
const LossType& find(std::string_view name);
}  // namespace loss_types

/// Throws UsageError on a name or an option that is not known.
std::unique_ptr<LossFunction> make_loss(const Loss& loss);

}  // namespace thaw
