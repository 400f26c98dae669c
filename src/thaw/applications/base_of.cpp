#include <fmt/format.h>

#include <optional>
#include <string>

#include "thaw/applications/application.h"
#include "thaw/core/error.h"

namespace thaw::applications {
namespace {

bool is_image(const Shape& shape) { return shape.rank() == 3; }
bool is_larger_than_a_point(const Shape& shape) {
  return is_image(shape) && (shape[0] > 1 || shape[1] > 1);
}

bool pools_globally(const Layer& layer) {
  return layer.class_name() == "GlobalAveragePooling2D" ||
         layer.class_name() == "GlobalMaxPooling2D";
}

/// The name of the layer that a known network ends in without top.
std::string last_layer_of(const Application& application) {
  const Functional base = create(application, {.include_top = false, .weights = "none"});
  return base.outputs()[0].call()->layer.name();
}

class Cutter {
 public:
  explicit Cutter(std::string last_layer) : last_layer_(std::move(last_layer)) {}

  /// Walks from the output towards the input, into nested models, to where the base ends.
  std::optional<Functional> cut(const Functional& model) const {
    Symbol here = model.outputs()[0];
    bool is_pooled = false;  // what reads `here` pools globally
    while (true) {
      const Call& call = *here.call();
      if (const Functional* nested = call.layer.nested()) {
        const bool is_whole = ends(here, is_pooled) && last_layer_.empty();
        if (const auto inner = is_whole ? std::optional(*nested) : cut(*nested))
          return after_what_leads_to(call, model, *inner);
      } else if (ends(here, is_pooled)) {
        return here == model.outputs()[0] ? model : model.up_to(here);
      }
      if (call.inputs.empty()) return std::nullopt;
      is_pooled = pools_globally(call.layer);
      here = call.inputs[0];
    }
  }

 private:
  bool ends(const Symbol& symbol, bool is_pooled) const {
    if (symbol.call()->inputs.empty()) return false;
    if (!is_image(symbol.shape())) return false;
    if (!last_layer_.empty()) return symbol.call()->layer.name() == last_layer_;
    return is_pooled || is_larger_than_a_point(symbol.shape());
  }

  /// `inner` alone where nothing comes before it, else with the layers that do.
  static Functional after_what_leads_to(const Call& call, const Functional& model,
                                        const Functional& inner) {
    if (call.inputs.size() == 1 && call.inputs[0].call()->inputs.empty()) return inner;
    return Functional(model.inputs(), {inner(call.inputs, {.training = call.training})},
                      model.name());
  }

  std::string last_layer_;
};

}  // namespace

Functional base_of(const Functional& model) {
  if (const Application* application = recognize(model)) {
    if (const auto base = Cutter(last_layer_of(*application)).cut(model)) return *base;
  }
  if (const auto base = Cutter("").cut(model)) return *base;
  throw Error(fmt::format(
      "model \"{}\": expected a layer that gives an image (height, width, channels), found none on "
      "the way from the output {}: choose a convolutional network as the base",
      model.name(), model.outputs()[0].shape().to_string()));
}

}  // namespace thaw::applications
