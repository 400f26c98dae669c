#include "convolutions.h"

#include <algorithm>
#include <dnnl.hpp>
#include <limits>
#include <string_view>
#include <vector>

#include "workload.h"

namespace thaw::benchmarks {
namespace {

using Description = dnnl::convolution_forward::primitive_desc;
using Desc = dnnl::memory::desc;
using Dims = dnnl::memory::dims;
using Tag = dnnl::memory::format_tag;
constexpr auto type = dnnl::memory::data_type::f32;

Desc image(const Shape& shape, int64_t batch, Tag tag) {
  return {{batch, shape[2], shape[0], shape[1]}, type, tag};
}

Description describe(const dnnl::engine& engine, const ops::Graph& graph, const ops::Node& node,
                     int64_t batch, Tag tag) {
  const auto& op = std::get<ops::Conv2D>(node.op);
  const Shape& kernel = graph[node.inputs[1]].shape;
  Dims weights = {kernel[3], kernel[2], kernel[0], kernel[1]};
  if (op.groups > 1) weights = {op.groups, kernel[3] / op.groups, kernel[2], kernel[0], kernel[1]};
  dnnl::post_ops operations;
  if (op.has_residual) operations.append_sum(1.0F);
  if (op.activation.kind == Activation::Kind::relu) {
    operations.append_eltwise(dnnl::algorithm::eltwise_clip_v2, 0.0F,
                              std::min(op.activation.max_value, std::numeric_limits<float>::max()));
  }
  dnnl::primitive_attr attributes;
  attributes.set_post_ops(operations);
  // Three colours have no blocks.
  const Tag source = graph[node.inputs[0]].shape[2] % 8 == 0 || tag == Tag::nhwc ? tag : Tag::any;
  return {engine,
          dnnl::prop_kind::forward_inference,
          dnnl::algorithm::convolution_direct,
          image(graph[node.inputs[0]].shape, batch, source),
          Desc(weights, type, Tag::any),
          op.has_bias ? Desc({kernel[3]}, type, Tag::x) : Desc(),
          image(node.shape, batch, tag),
          Dims{op.strides.height, op.strides.width},
          Dims{op.dilations.height - 1, op.dilations.width - 1},
          Dims{op.padding.top, op.padding.left},
          Dims{op.padding.bottom, op.padding.right},
          attributes,
          true};
}

}  // namespace

struct Convolutions::State {
  struct Step {
    dnnl::convolution_forward primitive;
    std::unordered_map<int, dnnl::memory> arguments;
    Tensor weights, bias;
  };

  Step make(const Description& description) {
    Step step;
    const auto fill = [&](Tensor& tensor, const Desc& desc) {
      tensor = noise({static_cast<int64_t>(desc.get_size() / sizeof(float))});
      return dnnl::memory(desc, engine, tensor.data());
    };
    step.primitive = dnnl::convolution_forward(description);
    step.arguments = {
        {DNNL_ARG_SRC, dnnl::memory(description.src_desc(), engine, source.data())},
        {DNNL_ARG_DST, dnnl::memory(description.dst_desc(), engine, destination.data())},
        {DNNL_ARG_WEIGHTS, fill(step.weights, description.weights_desc())}};
    if (description.bias_desc().get_size() > 0)
      step.arguments.emplace(DNNL_ARG_BIAS, fill(step.bias, description.bias_desc()));
    return step;
  }

  void run(const Step& step) {
    step.primitive.execute(stream, step.arguments);
    stream.wait();
  }

  double time(const Step& step) {
    double best = std::numeric_limits<double>::infinity();
    for (int i = 0; i < 4; ++i) {
      const double start = processor_seconds();
      run(step);
      best = std::min(best, processor_seconds() - start);
    }
    return best;
  }

  dnnl::engine engine{dnnl::engine::kind::cpu, 0};
  dnnl::stream stream{engine};
  Tensor source, destination;
  std::vector<Step> steps;
};

Convolutions::Convolutions(const ops::Graph& graph, int64_t batch)
    : state_(std::make_unique<State>()) {
  int64_t largest = 0;
  for (const ops::Node& node : graph.nodes) {
    if (node.shape.rank() == 3) largest = std::max(largest, node.shape.elements());
  }
  state_->source = noise({batch * largest});
  state_->destination = noise({batch * largest});
  for (const ops::Node& node : graph.nodes) {
    if (!std::holds_alternative<ops::Conv2D>(node.op)) continue;
    State::Step fastest;
    double best = std::numeric_limits<double>::infinity();
    for (const Tag tag : {Tag::any, Tag::nhwc, Tag::nChw8c, Tag::nChw16c}) {
      const int64_t block = tag == Tag::nChw8c ? 8 : tag == Tag::nChw16c ? 16 : 1;
      if (node.shape[2] % block != 0) continue;
      const Description description = describe(state_->engine, graph, node, batch, tag);
      if (!description || std::string_view(description.impl_info_str()).starts_with("ref"))
        continue;
      State::Step step = state_->make(description);
      const double time = state_->time(step);
      if (time >= best) continue;
      best = time;
      fastest = std::move(step);
    }
    state_->steps.push_back(std::move(fastest));
  }
}

Convolutions::~Convolutions() = default;

void Convolutions::run() {
  for (const State::Step& step : state_->steps) state_->run(step);
}

}  // namespace thaw::benchmarks
