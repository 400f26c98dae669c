#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "thaw/formats/training_record.h"
#include "thaw/graph/functional.h"

namespace thaw {

struct LoadOptions {
  std::optional<Shape> input_shape = {};  ///< for files whose input size is unknown
  /// What reading an optimizer's state takes; without it the state is left in the file.
  OptimizerSlotNames optimizer_slots = nullptr;
  /// For files of the architecture alone (model.to_json()): the file of the weights, or "none",
  /// which leaves random ones.
  std::filesystem::path weights = {};
  /// What Lambda layers compute, whose Python code is never run: {"lambda_1", "x/127.5-1"} (see
  /// formats/keras/lambda_expression.h).
  std::map<std::string, std::string> lambdas = {};
};

/// Reads a whole model, graph and weights: Keras's .h5 (Keras 1, 2, tf.keras, and 3's legacy form)
/// or .keras (Keras 2.12 and later), or .json (the architecture alone, with options.weights), told
/// apart by content. Throws Error naming the file, the
/// layer, and what was wrong with it.
Functional load_model(const std::filesystem::path& path, const LoadOptions& options = {});

/// Writes a whole model: ".keras" as Keras 3 does, ".h5" in its legacy form. The file appears
/// whole or not at all. What metadata() holds travels along where Keras does not look.
void save_model(const Functional& model, const std::filesystem::path& path);

/// All that a file of a whole model holds.
struct ModelFile {
  Functional model;
  std::optional<TrainingRecord> training = {};  ///< absent: it was not compiled
  /// What the file asks for that is not kept, a line each: regularizers, types other than float32,
  /// an optimizer's state of unknown form.
  std::vector<std::string> dropped = {};
};

/// As load_model(). What people said of the model (formats/notes_beside.h) is in its metadata too,
/// unless the file itself says otherwise.
ModelFile read_model_file(const std::filesystem::path& path, const LoadOptions& options = {});
/// The same of a file that lies in memory.
ModelFile read_model_bytes(std::string bytes, const LoadOptions& options = {});
/// As save_model(); Keras loads it compiled, and goes on from the optimizer's state in a .keras
/// file (that of an .h5 file only thaw reads: Keras 3.15 cannot train with it).
void write_model_file(const ModelFile& content, const std::filesystem::path& path);

/// Whether the file holds a whole model; false: weights alone, or none of the forms known.
bool is_whole_model(const std::filesystem::path& path);

/// Whether the file holds a graph without weights, so that LoadOptions::weights must name them.
/// Throws Error as load_model().
bool needs_weights(const std::filesystem::path& path);

/// How a file's layers find the model's: the n-th layer that has weights, or the one so named.
enum class MatchWeights { by_order, by_name };

struct WeightsOptions {
  MatchWeights match = MatchWeights::by_order;
  bool skip_mismatch = false;                 ///< leave a layer as it is when a shape differs
  std::vector<std::string> skip_layers = {};  ///< of the model, by name
  /// For PyTorch's files: how they call the layers, {"stem_bn", "_bn0"}. Several tables where
  /// several programs call them otherwise: that which fits the file is taken.
  std::vector<std::map<std::string, std::string>> layer_names = {};
};

struct WeightsReport {
  int64_t loaded = 0;                ///< tensors
  std::vector<std::string> skipped;  ///< layers of the file that went nowhere
  std::vector<std::string> missing;  ///< layers of the model that got nothing
};

/// Reads weights into a model: weights-only .h5, whole-model .h5, Keras 3's .weights.h5, .keras,
/// .safetensors, and PyTorch's state dicts, these two by their tensors' names.
/// Every shape is checked, and the model changes only once all was read and fits. Throws Error
/// naming file, layer, weight, expected and received shape.
WeightsReport load_weights(const Functional& model, const std::filesystem::path& path,
                           const WeightsOptions& options = {});

/// How exactly weights are written, where a form leaves the choice.
enum class WeightsPrecision { full, half };

/// Writes the weights alone: ".weights.h5" as Keras 3 does, or ".safetensors". Throws UsageError
/// where that form has no half floats, Error for a weight that a half cannot hold.
void save_weights(const Functional& model, const std::filesystem::path& path,
                  WeightsPrecision precision = WeightsPrecision::full);

}  // namespace thaw
