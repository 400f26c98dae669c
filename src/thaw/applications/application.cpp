#include "thaw/applications/application.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "thaw/applications/weights.h"
#include "thaw/core/error.h"

namespace thaw {

Config Application::own_defaults() const {
  return own_options == nullptr ? Config(Config::Map{}) : own_options().values();
}

std::string Application::takes() const {
  std::string names;
  const Config defaults = own_defaults();
  for (const auto& [option, value] : defaults.as_map())
    names += (names.empty() ? "" : " ") + option;
  return names;
}

}  // namespace thaw

namespace thaw::applications {
namespace {

template <typename Value>
void require(bool holds, std::string_view expected, const Value& received) {
  if (!holds) throw UsageError(fmt::format("expected {}, received {}", expected, received));
}

/// That they are its own; the network itself reads and checks their values.
void check_own_options(const Application& application, const Options& options) {
  const Config own = application.own_defaults();
  for (const auto& [name, value] : options.own.values().as_map()) {
    const std::string takes = application.takes();
    require(own.find(name) != nullptr,
            takes.empty() ? "no option of its own" : fmt::format("only {}", takes),
            fmt::format("{}={}", name, value.to_string()));
  }
}

void check(const Application& application, const Options& options) {
  const Shape& shape = options.input_shape;
  const int64_t smallest = application.minimum_size;
  require(shape.rank() == 3 && shape[0] >= smallest && shape[1] >= smallest && shape[0] <= 16384 &&
              shape[1] <= 16384 && shape[2] >= 1 && shape[2] <= 4096,
          fmt::format("an input_shape (height, width, channels) of at least {0}×{0} and at most "
                      "16384×16384",
                      smallest),
          shape.to_string());
  require(options.classes >= 1 && options.classes <= 1'000'000, "classes from 1 to 1000000",
          options.classes);
  require(options.pooling.empty() || options.pooling == "avg" || options.pooling == "max",
          "a pooling of \"avg\", \"max\" or \"\"", options.pooling);
  check_own_options(application, options);
}

void check_fits_imagenet(const Options& options) {
  require(!options.include_top || options.classes == 1000,
          "1000 classes, as weights \"imagenet\" have", options.classes);
  require(options.input_shape[2] == 3, "3 channels, as weights \"imagenet\" have",
          options.input_shape[2]);
  const auto kind = options.classifier_activation.kind;
  require(
      !options.include_top || kind == Activation::Kind::softmax || kind == Activation::Kind::linear,
      "a classifier_activation of softmax or linear, as weights \"imagenet\" have",
      options.classifier_activation.name());
}

void load(const Application& application, const Functional& model, const Options& options) {
  if (options.weights.empty() || options.weights == "none") return;
  if (options.weights != "imagenet") {
    load_weights(application, model, options.weights);
    return;
  }
  check_fits_imagenet(options);
  load_weights(application, model,
               fetch_weights(application.weights_file(options), options.on_download));
}

}  // namespace

std::span<const Application* const> all() {
  static const std::vector<const Application*> table = [] {
    std::vector<const Application*> result;
    for (const ApplicationFamily* family : application_families::all()) {
      for (const Application& member : family->members) result.push_back(&member);
    }
    std::ranges::sort(result, {}, &Application::name);
    return result;
  }();
  return table;
}

WeightsReport load_weights(const Application& application, const Functional& model,
                           const std::filesystem::path& path) {
  WeightsOptions options;
  if (application.torch_names != nullptr) options.layer_names = application.torch_names();
  return thaw::load_weights(model, path, options);
}

Functional create(const Application& application, Options options) {
  return with_context(std::string(application.name), [&] {
    if (options.input_shape.rank() == 0)
      options.input_shape = {application.default_size, application.default_size, 3};
    check(application, options);
    Functional model = application.build(options);
    load(application, model, options);
    return model;
  });
}

}  // namespace thaw::applications
