// What exporters write in several operations becomes the one layer that it is, in whichever way
// they write it; what only looks alike does not.
#include "thaw/formats/import/recognition.h"

#include <gtest/gtest.h>

#include <cmath>

#include <fmt/format.h>
#include "thaw/core/variable.h"

#include "thaw/formats/import/import_graph.h"
#include "thaw/graph/layer_type.h"

namespace thaw::foreign {
namespace {

/// A graph written node by node; numbers in the inputs are constants.
class Written {
 public:
  Written() {
    graph_.inputs = {{"x", {-1, 5, 8}}};
    graph_.outputs = {"y"};
  }
  Written& number(const std::string& name, float value) {
    graph_.constants.emplace(name, Constant{Array::scalar(value)});
    return *this;
  }
  Written& list(const std::string& name, const std::vector<float>& values) {
    graph_.constants.emplace(
        name, Constant{Array(Tensor::from({static_cast<int64_t>(values.size())}, values)),
                       "norm/" + name});
    return *this;
  }
  Written& node(const std::string& op, std::vector<std::string> inputs, const std::string& output,
                const Config& attributes = Config(Config::Map{})) {
    graph_.nodes.push_back({output, op, std::move(inputs), {output}, attributes});
    return *this;
  }
  Written& mean(const std::string& input, const std::string& output) {
    return node("ReduceMean", {input}, output,
                Config(Config::Map{}).set("axes", Config::List{-1}).set("keepdims", 1));
  }
  /// The classes of the layers that it becomes, after the input's.
  std::string layers() const {
    const ModelFile file = import_graph(graph_, {});
    std::string classes;
    for (const Layer& layer : file.model.layers()) {
      if (layer.class_name() == "InputLayer") continue;
      classes += classes.empty() ? "" : " ";
      classes += layer.class_name();
      if (layer.class_name() == "Activation")
        classes += ":" + layer.definition()->config().at("activation").as_string();
    }
    return classes;
  }

  /// Of each layer that has some: class, name, and the first number of each weight.
  std::string weights() const {
    const ModelFile file = import_graph(graph_, {});
    std::string text;
    for (const Layer& layer : file.model.layers()) {
      if (layer.variables().empty()) continue;
      text += fmt::format("{} {}:", layer.class_name(), layer.name());
      for (const VariablePtr& variable : layer.variables())
        text += fmt::format(" {} {}", variable->name(), variable->value().data()[0]);
    }
    return text;
  }

 private:
  ForeignGraph graph_;
};

TEST(Recognition, SiluAndItsKind) {
  EXPECT_EQ(Written().node("Sigmoid", {"x"}, "s").node("Mul", {"x", "s"}, "y").layers(),
            "Activation:silu");
  EXPECT_EQ(Written()
                .number("3", 3)
                .number("0", 0)
                .number("6", 6)
                .node("Add", {"x", "3"}, "a")
                .node("Max", {"a", "0"}, "b")
                .node("Min", {"b", "6"}, "c")
                .node("Mul", {"c", "x"}, "d")
                .node("Div", {"d", "6"}, "y")
                .layers(),
            "Activation:hard_silu");
  EXPECT_EQ(Written()
                .node("Softplus", {"x"}, "a")
                .node("Tanh", {"a"}, "b")
                .node("Mul", {"x", "b"}, "y")
                .layers(),
            "Activation:mish");
}

TEST(Recognition, GeluInEveryWayOfWritingIt) {
  EXPECT_EQ(Written()
                .number("r", std::sqrt(2.0F))
                .number("1", 1)
                .number("h", 0.5F)
                .node("Div", {"x", "r"}, "a")
                .node("Erf", {"a"}, "b")
                .node("Add", {"b", "1"}, "c")
                .node("Mul", {"x", "c"}, "d")
                .node("Mul", {"d", "h"}, "y")
                .layers(),
            "Activation:gelu");
  EXPECT_EQ(Written()
                .number("r", std::sqrt(0.5F))
                .number("1", 1)
                .number("h", 0.5F)
                .node("Mul", {"x", "h"}, "d")
                .node("Mul", {"r", "x"}, "a")
                .node("Erf", {"a"}, "b")
                .node("Add", {"1", "b"}, "c")
                .node("Mul", {"c", "d"}, "y")
                .layers(),
            "Activation:gelu");
  EXPECT_EQ(Written()
                .number("3", 3)
                .number("k", 0.044715F)
                .number("r", 0.7978846F)
                .number("1", 1)
                .number("h", 0.5F)
                .node("Pow", {"x", "3"}, "a")
                .node("Mul", {"a", "k"}, "b")
                .node("Add", {"x", "b"}, "c")
                .node("Mul", {"c", "r"}, "d")
                .node("Tanh", {"d"}, "e")
                .node("Add", {"e", "1"}, "f")
                .node("Mul", {"x", "f"}, "g")
                .node("Mul", {"g", "h"}, "y")
                .layers(),
            "Gelu");
}

TEST(Recognition, ALikenessIsNoMatch) {
  // Sigmoid of 1.702x is near Gelu, and another function.
  EXPECT_EQ(Written()
                .number("k", 1.702F)
                .node("Mul", {"x", "k"}, "a")
                .node("Sigmoid", {"a"}, "s")
                .node("Mul", {"x", "s"}, "y")
                .layers(),
            "Rescaling Activation:sigmoid Multiply");
  // A value that others read stays.
  EXPECT_EQ(Written()
                .node("Sigmoid", {"x"}, "s")
                .node("Mul", {"x", "s"}, "a")
                .node("Add", {"a", "s"}, "y")
                .layers(),
            "Activation:sigmoid Multiply Add");
}

const std::vector<float> gamma = {0.5F, 1, -2, 0.25F, 3, 1.5F, 0.75F, 1};
const std::vector<float> beta = {0.1F, 0, 0.3F, -1, 2, 0.5F, 0, 0.2F};

TEST(Recognition, LayerNormalizationInItsParts) {
  EXPECT_EQ(Written()
                .number("2", 2)
                .number("e", 1e-5F)
                .list("gamma", gamma)
                .list("beta", beta)
                .mean("x", "m")
                .node("Sub", {"x", "m"}, "d")
                .node("Pow", {"d", "2"}, "s")
                .mean("s", "v")
                .node("Add", {"v", "e"}, "a")
                .node("Sqrt", {"a"}, "r")
                .node("Div", {"d", "r"}, "n")
                .node("Mul", {"n", "gamma"}, "g")
                .node("Add", {"g", "beta"}, "y")
                .layers(),
            "LayerNormalization");
  // As Keras 3 writes it: x·(γ/√(v + ε)) + (β − m·γ/√(v + ε)).
  EXPECT_EQ(Written()
                .number("e", 1e-3F)
                .list("gamma", gamma)
                .list("beta", beta)
                .mean("x", "m")
                .node("SquaredDifference", {"x", "m"}, "s")
                .mean("s", "v")
                .node("Add", {"v", "e"}, "a")
                .node("Rsqrt", {"a"}, "r")
                .node("Mul", {"r", "gamma"}, "i")
                .node("Mul", {"x", "i"}, "p")
                .node("Mul", {"m", "i"}, "q")
                .node("Sub", {"beta", "q"}, "o")
                .node("Add", {"p", "o"}, "y")
                .layers(),
            "LayerNormalization");
  // Of another axis' mean twice it is none.
  EXPECT_EQ(Written().mean("x", "m").node("Sub", {"x", "m"}, "y").layers(),
            "Mean Reshape Subtract");
}

TEST(Recognition, BatchNormalizationInItsParts) {
  // As Keras 3 writes it; each of the four stays a weight.
  EXPECT_EQ(Written()
                .number("e", 1e-3F)
                .list("gamma", gamma)
                .list("beta", beta)
                .list("moving_mean", {1, 2, 3, 4, 5, 6, 7, 8})
                .list("moving_variance", {1, 2, 3, 4, 5, 6, 7, 8.5F})
                .node("Add", {"moving_variance", "e"}, "a")
                .node("Rsqrt", {"a"}, "r")
                .node("Mul", {"r", "gamma"}, "i")
                .node("Mul", {"moving_mean", "i"}, "q")
                .node("Sub", {"beta", "q"}, "o")
                .node("Mul", {"x", "i"}, "p")
                .node("Add", {"p", "o"}, "y")
                .weights(),
            "BatchNormalization norm: gamma 0.5 beta 0.1 moving_mean 1 moving_variance 1");
}

}  // namespace
}  // namespace thaw::foreign
