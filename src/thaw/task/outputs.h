#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "thaw/core/config.h"
#include "thaw/graph/functional.h"
#include "thaw/ops/activation.h"

namespace thaw {

class OptionList;

/// What the numbers that a model gives for an image are.
enum class OutputKind {
  probabilities,  ///< of classes of which one holds: they add up to 1
  independent,    ///< each class's own probability: several may hold, or none
  scores,         ///< the larger the likelier, but no probabilities
  value           ///< one number that stands for no class: a regression's
};

/// What the numbers are, and what is to be done to the network's own to get them.
struct OutputMeaning {
  OutputKind kind = OutputKind::probabilities;
  int64_t columns = 0;  ///< 1: of the second of two classes
  /// softmax or sigmoid where the network gives logits and leaves that to the loss; else linear.
  Activation::Kind applied = Activation::Kind::linear;
  /// Of one column: above it, it is the second class. None where nothing tells.
  std::optional<float> threshold = 0.5F;
  /// The layers do not tell whether they are probabilities: a row of numbers of 0 to 1 that add up
  /// to 1 is taken for one, any other row for scores.
  bool told_by_values = false;
  /// What a person should know of them; empty: they are a classifier's probabilities as they are.
  std::string remark = {};

  /// What this row of numbers is.
  OutputKind kind_of(std::span<const float> row) const;
};

/// What is asked of a model's outputs. What is unset is taken from the model.
struct OutputChoice {
  std::optional<std::string> name = {};  ///< of the output, where there are several
  /// softmax, sigmoid: what makes probabilities of them; none: nothing, they are as they are.
  std::optional<std::string> activation = {};

  /// Adds the option "activation" alone: where an output is named differs by command.
  void describe(OptionList& options);
};

/// The loss that a model was compiled with, as its file says.
struct StatedLoss {
  std::string name;  ///< in snake case: "sparse_categorical_crossentropy"; empty: none
  bool from_logits = false;
  Config config;  ///< as it stands in the file; null: none
};

/// The loss of output `index`, called `name`, in Keras 3's compile_config; also nullptr for it.
StatedLoss stated_loss(const Config* compile, size_t index, const std::string& name);

/// Keras's names of a model's outputs: the keys of the dictionary that they stand in, else those of
/// the layers that give them; where one gives several, the second is called "name:1".
std::vector<std::string> output_names(const Functional& model);

/// One output of a model, alone.
struct ChosenOutput {
  Functional model;
  size_t index = 0;
  std::string name;
  std::string remark;  ///< which it is, where there are several
};

/// The output of that name, or of the layer of that name, within a nested model too; of a model
/// with one output, that. Throws UsageError listing the names where there are several and none, or
/// one that there is not, is asked for.
ChosenOutput choose_output(const Functional& model, const std::optional<std::string>& name);

/// What the numbers of `model`, which has one output, are: by its last activation, by the loss that
/// it was compiled with, and by what `activation` asks for. `names_known`: somebody named its
/// classes. Throws Error when they are no classes' (a network without a top).
OutputMeaning output_meaning(const Functional& model, const StatedLoss& loss, bool names_known,
                             const std::optional<std::string>& activation = {});

/// The numbers of `model`'s output, one a class: the sizes of (1, 1, 1000) are those of (1000).
/// Throws Error when it gives something else, an image say.
int64_t output_columns(const Functional& model);

/// `model` with `meaning.applied` behind it: itself where that is linear.
Functional with_activation(const Functional& model, const OutputMeaning& meaning);

}  // namespace thaw
