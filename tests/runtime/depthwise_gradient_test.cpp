#include <gtest/gtest.h>

#include "thaw/core/random.h"
#include "thaw/ops/builder.h"
#include "thaw/runtime/cpu/device.h"

namespace thaw {
namespace {

constexpr int64_t batch = 3;

struct Case {
  int64_t channels, size, kernel;
  int stride, dilation;
  Padding2 padding;
};

struct Gradients {
  Tensor kernel, bias;
};

/// By the definition, in double.
Gradients defined(const Case& by, const Tensor& x, const Tensor& above, const Shape& result) {
  const int64_t rows = by.size;
  const int64_t columns = by.size + 2;
  Gradients sums{Tensor::zeros({by.kernel, by.kernel, 1, by.channels}),
                 Tensor::zeros({by.channels})};
  const auto at = [&](int64_t n, int64_t h, int64_t w, int64_t c) {
    if (h < 0 || h >= rows || w < 0 || w >= columns) return 0.0;
    return double{
        x.values()[static_cast<size_t>(((n * rows + h) * columns + w) * by.channels + c)]};
  };
  for (int64_t tap = 0; tap < by.kernel * by.kernel * by.channels; ++tap) {
    const int64_t c = tap % by.channels;
    const int64_t i = tap / by.channels / by.kernel;
    const int64_t j = tap / by.channels % by.kernel;
    double of_kernel = 0;
    double of_bias = 0;
    for (int64_t pixel = 0; pixel < batch * result[0] * result[1]; ++pixel) {
      const int64_t w = pixel % result[1];
      const int64_t h = pixel / result[1] % result[0];
      const double g = above.values()[static_cast<size_t>(pixel * by.channels + c)];
      of_bias += g;
      of_kernel +=
          g * at(pixel / (result[0] * result[1]), h * by.stride + i * by.dilation - by.padding.top,
                 w * by.stride + j * by.dilation - by.padding.left, c);
    }
    sums.kernel.values()[static_cast<size_t>(tap)] = static_cast<float>(of_kernel);
    sums.bias.values()[static_cast<size_t>(c)] = static_cast<float>(of_bias);
  }
  return sums;
}

void expect_near(const Tensor& received, const Tensor& expected, const char* what) {
  ASSERT_EQ(received.values().size(), expected.values().size()) << what;
  // Sums of at most 3·15·17 products below 1, in float32.
  for (size_t i = 0; i < expected.values().size(); ++i)
    ASSERT_NEAR(received.values()[i], expected.values()[i], 1e-4) << what << ", element " << i;
}

void check(const Case& by) {
  SCOPED_TRACE(::testing::Message()
               << by.channels << " channels, " << by.size << " rows, kernel " << by.kernel
               << ", stride " << by.stride << ", dilation " << by.dilation << ", padding "
               << by.padding.top << " " << by.padding.bottom);
  const auto weight = [](const Shape& shape, uint64_t seed) {
    return std::make_shared<Variable>("weight", shape, true, [=](uint64_t) {
      return uniform_tensor(shape, -1, 1, Random(seed));
    });
  };
  const VariablePtr kernel = weight({by.kernel, by.kernel, 1, by.channels}, 1);
  const VariablePtr bias = weight({by.channels}, 2);
  ops::Builder builder;
  const ops::Value y = builder.conv_2d(builder.input({by.size, by.size + 2, by.channels}),
                                       builder.weight(kernel, true, kernel->shape()),
                                       {.strides = by.stride,
                                        .dilations = by.dilation,
                                        .padding = by.padding,
                                        .groups = by.channels},
                                       builder.weight(bias, true, bias->shape()));
  const ops::Graph graph = builder.finish({y});
  const auto executable =
      cpu_device({.threads = 2})->compile(graph, {.batch_size = batch, .training = true});
  const Tensor x = uniform_tensor({batch, by.size, by.size + 2, by.channels}, -1, 1, Random(3));
  const Shape result = graph[graph.outputs[0]].shape;
  const Tensor above = uniform_tensor(result.with_batch(batch), -1, 1, Random(4));
  (void)executable->forward({&x, 1});
  executable->backward({&above, 1});
  const Gradients expected = defined(by, x, above, result);
  for (size_t v = 0; v < executable->variables().size(); ++v) {
    const bool is_kernel = executable->variables()[v] == kernel;
    expect_near(executable->gradients()[v], is_kernel ? expected.kernel : expected.bias,
                is_kernel ? "kernel" : "bias");
  }
}

TEST(DepthwiseGradient, is_the_sum_that_defines_it_for_any_kernel_stride_and_padding) {
  for (const int64_t channels : {5, 8, 16, 40}) {
    for (const int64_t kernel : {2, 3, 5, 7}) {
      const int64_t half = kernel / 2;
      for (const Padding2& padding :
           {Padding2{}, Padding2{half, half, half, half}, Padding2{0, kernel, 1, kernel}}) {
        for (const int stride : {1, 2, 3}) check({channels, 15, kernel, stride, 1, padding});
        check({channels, 15, kernel, 1, 2, padding});
      }
    }
  }
  // A kernel larger than the image: some taps meet nothing but padding.
  check({16, 2, 7, 1, 1, {3, 3, 3, 3}});
  check({16, 1, 7, 2, 1, {3, 3, 3, 3}});
}

}  // namespace
}  // namespace thaw
