#include "conformance/layer_case.h"

#include "support/config_json.h"
#include "thaw/compile/lower.h"
#include "thaw/core/error.h"

namespace thaw::testing {

LayerCase::LayerCase(const GoldenFile& file, const LayerType& layer_type, int64_t index)
    : golden(file),
      type(layer_type),
      prefix("case" + std::to_string(index) + "/"),
      config(parse_json(golden.text(prefix + "config"))),
      training(golden.number(prefix + "training") != 0),
      definition(type.from_config(config)),
      cotangent(golden.array(prefix + "cotangent")) {
  std::vector<Symbol> symbols;
  for (int i = 0; golden.has(prefix + "input" + std::to_string(i)); ++i) {
    inputs.push_back(golden.array(prefix + "input" + std::to_string(i)));
    symbols.push_back(input(inputs.back().shape().without_batch(), "x" + std::to_string(i)));
  }
  const Layer layer(type.from_config(config));
  if (type.class_name == "InputLayer") {
    symbols = {layer(std::vector<Symbol>{})};
    model = std::make_unique<Functional>(symbols, symbols);
    return;
  }
  const Symbol output = layer(symbols, {.training = training});
  variables = layer.variables();
  for (size_t i = 0; i < variables.size(); ++i) {
    if (variables[i]->name() != golden.text(name_of(i) + "/name")) {
      throw Error("expected weight " + golden.text(name_of(i) + "/name") + ", received " +
                  variables[i]->name());
    }
    variables[i]->assign(golden.array(name_of(i)));
  }
  if (golden.has(name_of(variables.size()))) throw Error("expected more weights");
  model = std::make_unique<Functional>(symbols, std::vector<Symbol>{output});
}

ops::Graph LayerCase::graph() const {
  return specialize(lower(*model), training ? ops::Phase::training : ops::Phase::inference);
}

std::unique_ptr<Executable> LayerCase::compile(Device& device) const {
  return device.compile(
      graph(), {.batch_size = inputs[0].shape()[0], .training = true, .input_gradients = true});
}

double LayerCase::loss(Executable& executable) const {
  const Tensor y = executable.forward(inputs)[0];
  double total = 0;
  for (size_t i = 0; i < y.values().size(); ++i)
    total += double{y.values()[i]} * double{cotangent.values()[i]};
  return total;
}

}  // namespace thaw::testing
