#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "thaw/applications/own_options.h"
#include "thaw/formats/model_file.h"
#include "thaw/graph/functional.h"
#include "thaw/ops/activation.h"

namespace thaw {
namespace applications {

/// How a network is made: what all of them take.
struct Options {
  Shape input_shape = {};   ///< (height, width, channels); empty: the default
  bool include_top = true;  ///< with the classifier
  /// "imagenet": the official ones, see weights.h; "none" or "": random; or a file, matched layer
  /// by layer in the model's order
  std::string weights = "imagenet";
  int64_t classes = 1000;    ///< of the classifier
  std::string pooling = {};  ///< without top: "avg", "max", or "" for the last image
  Activation classifier_activation = "softmax";
  std::string name = {};  ///< of the model; empty: Keras's default
  OwnOptions own = {};    ///< what this network alone takes: MobileNetV2Options{.alpha = 0.35}
  /// Told how many bytes of official weights have come, of how many (−1: unknown); returning false
  /// stops.
  std::function<bool(int64_t received, int64_t total)> on_download = {};
};

/// One file of official ImageNet weights.
struct WeightsFile {
  std::string name;     ///< as in ~/.keras/models
  std::string address;  ///< of the folder where it can be fetched from; empty: nowhere
  std::string hash;     ///< MD5 or SHA-256 as Keras's source publishes it; empty: it publishes none
  std::string remote_name = {};             ///< there; empty: the same name
  std::string how_to_get = {};              ///< without an address: for the message
  std::vector<WeightsFile> otherwise = {};  ///< what does as well where it is not at hand, in order
};

/// How PyTorch's modules are called, by our layers' names: {"stem_bn", "_bn0"}.
using LayerNames = std::map<std::string, std::string>;

}  // namespace applications

/// One network of keras.applications, or one of its kind that Keras lacks.
struct Application {
  std::string_view name;        ///< "mobilenet_v2"
  std::string_view keras_name;  ///< "MobileNetV2"
  /// The graph with random weights; `options` are complete and checked.
  Functional (*build)(const applications::Options& options);
  /// The official file for `options`; throws UsageError when there is none for them.
  applications::WeightsFile (*weights_file)(const applications::Options& options);
  /// In the files of each program that is known to call them otherwise; null: none is known.
  std::vector<applications::LayerNames> (*torch_names)() = nullptr;
  /// Keras's mode: "tf", "caffe", "torch", "none"; or numbers: "mean=127,std=128".
  std::string_view preprocessing;
  /// What include_preprocessing=false leaves to do outside; empty: it does not take that option.
  std::string_view preprocessing_left_out = {};
  int64_t parameters = 0;       ///< with top, 1000 classes
  int64_t base_parameters = 0;  ///< without top
  /// On ImageNet's validation images, as in Keras's table.
  std::optional<double> top_1_accuracy = {};
  /// The defaults of its own options, in order: &defaults<MobileNetV2Options>; null: it has none.
  applications::OwnOptions (*own_options)() = nullptr;
  int64_t default_size = 224;
  int64_t minimum_size = 32;  ///< of the input's height and width

  /// The defaults of its own options by name, a map; empty where it has none.
  Config own_defaults() const;
  /// The names of its own options, separated by spaces: "alpha depth_multiplier dropout".
  std::string takes() const;
};

/// What one file of networks/ defines.
struct ApplicationFamily {
  std::span<const Application> members;
};

namespace application_families {
/// Every family there is.
std::span<const ApplicationFamily* const> all();
}  // namespace application_families

namespace applications {

/// Every network there is, by name.
std::span<const Application* const> all();

/// Checks `options`, builds the graph and gives it its weights: an image [H, W, C] -> [classes]
/// with top, else its last image [h, w, c], or [c] with pooling. Throws UsageError for options that
/// do not fit, Error for weights that cannot be had.
Functional create(const Application& application, Options options);

/// The same of a network by name, with its own options behind it as find() reads them:
/// create("mobilenet_v2@alpha=0.35", {.include_top = false}). Those win over options.own.
Functional create(std::string_view name, Options options = {});

/// load_weights() of a file into this network, with its names in PyTorch's files.
WeightsReport load_weights(const Application& application, const Functional& model,
                           const std::filesystem::path& path);

/// A network and options by its command-line name, "mobilenet_v2@alpha=0.35,dropout=0.1"; also
/// Keras's name, "MobileNetV2". Throws UsageError naming the nearest, or what `@` may set.
std::pair<const Application*, Options> find(std::string_view text);

/// The network that `model`, or a model nested in it, is or was made from: all layers with weights
/// of its base are there, by name and kind. nullptr when there is none. Width does not matter.
const Application* recognize(const Functional& model);
/// The preprocessing that images for `model` need, as Application::preprocessing has it; nothing
/// when it is not recognized.
std::optional<std::string_view> preprocessing_of(const Functional& model);

/// A model's base, its trained head dropped: Division(model).base(). Throws Error as that does.
Functional base_of(const Functional& model);

}  // namespace applications
}  // namespace thaw
