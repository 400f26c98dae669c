// Every operator between layers, in files that real Keras of each generation wrote.

#include <gtest/gtest.h>

#include <algorithm>

#include "support/golden_file.h"
#include "support/temporary_folder.h"
#include "thaw/compile/lower.h"
#include "thaw/compile/optimize.h"
#include "thaw/core/variable.h"
#include "thaw/formats/model_file.h"
#include "thaw/runtime/cpu/device.h"

namespace thaw {
namespace {

using testing::difference;
using testing::GoldenFile;

/// Some are logarithms and quotients of numbers near 0, whose float32 rounding is that of
/// TensorFlow to a few units in the last place of the largest number.
constexpr float tolerance = 1e-5F;

class Operators : public ::testing::TestWithParam<const char*> {
 protected:
  static Functional read() {
    return read_model_bytes(testing::unzip_golden("operators/" + std::string(GetParam()) + ".gz"))
        .model;
  }

  std::string at(int64_t output, const char* what) const {
    return std::string(GetParam()) + "/" + std::to_string(output) + "/" + what;
  }

  /// The model with one output alone.
  static Functional only(const Functional& model, int64_t output) {
    return {model.inputs()[0], model.outputs()[static_cast<size_t>(output)], model.name()};
  }

  void expect_outputs(const Functional& model) {
    const Tensor x = golden_.array(std::string(GetParam()) + "/x");
    for (int64_t i = 0; i < golden_.number(std::string(GetParam()) + "/outputs"); ++i) {
      SCOPED_TRACE(golden_.text(at(i, "label")));
      const ops::Graph graph = specialize(lower(only(model, i)), ops::Phase::inference);
      const Tensor expected = golden_.array(at(i, "output"));
      for (const ops::Graph& form : {graph, optimize(graph, {.frozen = true})}) {
        const auto executable = device_->compile(form, {.batch_size = x.shape()[0]});
        const auto result = difference(expected, executable->forward({&x, 1})[0]);
        EXPECT_LT(result.relative_to_one(), tolerance) << result.to_string();
      }
    }
  }

  GoldenFile golden_{"operators/operators.golden.gz"};
  std::unique_ptr<Device> device_ = cpu_device({.threads = 2});
};

TEST_P(Operators, compute_what_keras_computes) { expect_outputs(read()); }

TEST_P(Operators, are_the_same_when_they_are_saved_and_read_again) {
  const testing::TemporaryFolder folder;
  for (const char* name : {"again.keras", "again.h5"}) {
    save_model(read(), folder / name);
    expect_outputs(load_model(folder / name));
  }
}

TEST_P(Operators, pass_on_the_gradients_of_keras) {
  const Functional model = read();
  const Tensor x = golden_.array(std::string(GetParam()) + "/x");
  for (int64_t i = 0; i < golden_.number(std::string(GetParam()) + "/outputs"); ++i) {
    SCOPED_TRACE(golden_.text(at(i, "label")));
    const ops::Graph graph = specialize(lower(only(model, i)), ops::Phase::training);
    const auto executable = device_->compile(graph, {.batch_size = x.shape()[0], .training = true});
    (void)executable->forward({&x, 1});
    const Tensor cotangent = golden_.array(at(i, "cotangent"));
    executable->backward({&cotangent, 1});
    const Tensor expected = golden_.array(at(i, "gradient"));
    const auto& variables = executable->variables();
    const auto kernel = std::ranges::find_if(
        variables, [](const VariablePtr& variable) { return variable->name() == "kernel"; });
    ASSERT_NE(kernel, variables.end());
    const auto& received = executable->gradients()[static_cast<size_t>(kernel - variables.begin())];
    const auto result = difference(expected, received.reshaped(expected.shape()));
    // A sum over all pixels.
    EXPECT_LT(result.relative_to_one(), 5 * tolerance) << result.to_string();
  }
}

INSTANTIATE_TEST_SUITE_P(Of, Operators, ::testing::Values("keras_3.keras", "tf_keras.h5"),
                         [](const auto& parameter) {
                           const std::string file = parameter.param;
                           return file.substr(0, file.find('.'));
                         });

}  // namespace
}  // namespace thaw
