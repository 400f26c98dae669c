#include "thaw/task/base_model.h"

#include <filesystem>

#include "thaw/applications/application.h"
#include "thaw/applications/fetched_model.h"
#include "thaw/core/error.h"
#include "thaw/formats/format.h"
#include "thaw/task/classifier.h"
#include "thaw/task/option.h"

namespace thaw {
namespace {

Shape rgb(const ImageSize& size) { return {int64_t{size.height}, int64_t{size.width}, int64_t{3}}; }

/// `base`, taking images of this size, of as many channels as before.
Functional resized(const Functional& base, const ImageSize& size) {
  const Shape& own = base.inputs()[0].shape();
  std::vector<int64_t> sizes(own.sizes().begin(), own.sizes().end());
  if (sizes.size() < 2) return base;
  sizes[0] = size.height;
  sizes[1] = size.width;
  const Shape wanted(std::move(sizes));
  if (own == wanted) return base;
  const Config metadata = base.metadata();
  Functional result = base.with_input_shape(wanted);
  result.metadata() = metadata;
  return result;
}

void set_weights(const Functional& base, const BaseModel& asked, uint64_t seed) {
  if (!asked.weights) return;  // the file's own
  if (*asked.weights == "none") {
    base.initialize_weights(seed);
  } else if (*asked.weights == "imagenet") {
    throw UsageError("--weights: expected none or a file, since " + asked.base +
                     " is a file with weights of its own, received \"imagenet\": leave --weights "
                     "out, or name the network (thaw models)");
  } else {
    const Application* network = applications::recognize(base);
    if (network != nullptr) {
      applications::load_weights(*network, base, *asked.weights);
    } else {
      load_weights(base, *asked.weights);
    }
  }
}

/// The same with the file that lies at its address.
BaseModel fetched(BaseModel asked, const BaseModelOptions& options) {
  if (applications::is_address(asked.base))
    asked.base = applications::fetch_model(asked.base, options.on_download).string();
  return asked;
}

LoadedBase from_file(const BaseModel& asked, const BaseModelOptions& options) {
  LoadOptions load{.lambdas = asked.lambdas};
  // Weights of the architecture alone are the whole network's, with its top.
  const bool has_none = needs_weights(asked.base);
  if (has_none) load.weights = asked.weights.value_or("");
  if (options.image_size) load.input_shape = rgb(*options.image_size);
  const Functional all = load_model(asked.base, load);
  const Functional whole = asked.output ? choose_output(all, asked.output).model : all;
  applications::Division division(whole);
  Functional base = division.base();
  for (const auto& [key, value] : whole.metadata().as_map())
    if (base.metadata().find(key) == nullptr) base.metadata().set(key, value);
  if (options.image_size) base = resized(base, *options.image_size);
  if (!has_none || asked.weights == "none") set_weights(base, asked, options.seed);
  return {base, std::move(division), whole, asked.base};
}

LoadedBase from_name(const BaseModel& asked, const BaseModelOptions& options) {
  if (asked.output) {
    throw UsageError(
        "--output: expected --base to be a file with several outputs, received the "
        "network " +
        asked.base + ": leave --output out");
  }
  auto [network, made_as] = applications::find(asked.base);
  made_as.input_shape =
      rgb(options.image_size.value_or(ImageSize(static_cast<int>(network->default_size))));
  made_as.include_top = false;
  made_as.weights = asked.weights.value_or("imagenet");
  made_as.on_download = options.on_download;
  Functional base = applications::create(*network, made_as);
  if (made_as.weights == "none") base.initialize_weights(options.seed);
  return {base};
}

bool names_a_network(const std::string& text) {
  try {
    (void)applications::find(text);
    return true;
  } catch (const UsageError&) {
    return false;
  }
}

}  // namespace

void BaseModel::describe(OptionList& options) {
  // A member added to the struct stops this from compiling until it is described below, or counted
  // here as one that is no option.
  [[maybe_unused]] const auto& [a, b, c, d] = *this;
  options.add("base", base,
              {.help = "the pretrained network: a name (see thaw models; with options as in "
                       "mobilenet_v2@alpha=0.35), or a model file, whose trained head is dropped: "
                       "Keras's, or a TensorFlow SavedModel's folder or archive, also by its "
                       "address (https://...), fetched once",
               .value = "NAME|FILE",
               .completes = Completes::network});
  options.add("weights", weights,
              {.help = "of the base: imagenet (the official ones, fetched once), none (random), or "
                       "a file of them",
               .value = "imagenet|none|FILE",
               .usual = "a file's own, a network's imagenet",
               .compared_as = "the weights themselves",
               .completes = Completes::file});
  describe_lambdas(lambdas, options);
  describe_output(output, options);
}

bool names_a_file(const std::string& text) {
  std::error_code ignored;
  if (model_formats::by_ending(text) != nullptr || text.find('/') != std::string::npos ||
      std::filesystem::is_regular_file(text, ignored))
    return true;
  // A folder that is called as a network may lie there by chance; what is none is told.
  return std::filesystem::is_directory(text, ignored) && !names_a_network(text);
}

LoadedBase load_base(const BaseModel& base, const BaseModelOptions& options) {
  return with_context("--base", [&] {
    return names_a_file(base.base) ? from_file(fetched(base, options), options)
                                   : from_name(base, options);
  });
}

Functional base_model(const BaseModel& base, const BaseModelOptions& options) {
  return load_base(base, options).base;
}

}  // namespace thaw
