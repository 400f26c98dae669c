#include "convolutions.h"

#include <algorithm>
#include <dnnl.hpp>
#include <limits>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <vector>

#include "workload.h"

namespace thaw::benchmarks {
namespace {

using Forward = dnnl::convolution_forward;
using BackwardData = dnnl::convolution_backward_data;
using BackwardWeights = dnnl::convolution_backward_weights;
using Desc = dnnl::memory::desc;
using Dims = dnnl::memory::dims;
using Tag = dnnl::memory::format_tag;
constexpr auto type = dnnl::memory::data_type::f32;

Desc image(const Shape& shape, int64_t batch, Tag tag) {
  return {{batch, shape[2], shape[0], shape[1]}, type, tag};
}

/// A convolution of the graph in one layout.
struct Form {
  Desc source, weights, bias, destination;
  Dims strides, dilations, padding_before, padding_after;

  Form(const ops::Graph& graph, const ops::Node& node, int64_t batch, Tag tag) {
    const auto& op = std::get<ops::Conv2D>(node.op);
    const Shape& kernel = graph[node.inputs[1]].shape;
    Dims dims = {kernel[3], kernel[2], kernel[0], kernel[1]};
    if (op.groups > 1) dims = {op.groups, kernel[3] / op.groups, kernel[2], kernel[0], kernel[1]};
    const Shape& from = graph[node.inputs[0]].shape;
    // Three colours have no blocks.
    source = image(from, batch, from[2] % 8 == 0 || tag == Tag::nhwc ? tag : Tag::any);
    weights = Desc(dims, type, Tag::any);
    if (op.has_bias) bias = Desc({kernel[3]}, type, Tag::x);
    destination = image(node.shape, batch, tag);
    strides = {op.strides.height, op.strides.width};
    dilations = {op.dilations.height - 1, op.dilations.width - 1};
    padding_before = {op.padding.top, op.padding.left};
    padding_after = {op.padding.bottom, op.padding.right};
  }
};

Forward::primitive_desc describe_forward(const dnnl::engine& engine, const ops::Conv2D& op,
                                         const Form& form, dnnl::prop_kind kind) {
  dnnl::post_ops operations;
  if (kind == dnnl::prop_kind::forward_inference) {
    if (op.has_residual) operations.append_sum(1.0F);
    if (op.activation.kind == Activation::Kind::relu) {
      operations.append_eltwise(
          dnnl::algorithm::eltwise_clip_v2, 0.0F,
          std::min(op.activation.max_value, std::numeric_limits<float>::max()));
    }
  }
  dnnl::primitive_attr attributes;
  attributes.set_post_ops(operations);
  return {engine,
          kind,
          dnnl::algorithm::convolution_direct,
          form.source,
          form.weights,
          form.bias,
          form.destination,
          form.strides,
          form.dilations,
          form.padding_before,
          form.padding_after,
          attributes,
          true};
}

}  // namespace

struct Convolutions::State {
  struct Step {
    dnnl::primitive primitive;
    std::unordered_map<int, dnnl::memory> arguments;
    std::vector<Tensor> parameters;
  };

  dnnl::memory parameter(Step& step, const Desc& desc) {
    step.parameters.push_back(noise({static_cast<int64_t>(desc.get_size() / sizeof(float))}));
    return {desc, engine, step.parameters.back().data()};
  }
  dnnl::memory borrowed(const Desc& desc, Tensor& tensor) { return {desc, engine, tensor.data()}; }

  /// A primitive with its own kernel and bias, over the images that all steps share.
  template <typename Primitive>
  Step make(const typename Primitive::primitive_desc& description) {
    using dnnl::query;
    constexpr bool writes_weights = std::is_same_v<Primitive, dnnl::convolution_backward_weights>;
    constexpr bool writes_source = std::is_same_v<Primitive, dnnl::convolution_backward_data>;
    constexpr bool backward = writes_weights || writes_source;
    const int image = writes_source ? DNNL_ARG_DIFF_SRC : DNNL_ARG_SRC;
    const int result = backward ? DNNL_ARG_DIFF_DST : DNNL_ARG_DST;
    const int kernel = writes_weights ? DNNL_ARG_DIFF_WEIGHTS : DNNL_ARG_WEIGHTS;
    const int bias = writes_weights ? DNNL_ARG_DIFF_BIAS : DNNL_ARG_BIAS;
    const auto wanted = [&](int argument) {
      return description.query_md(query::exec_arg_md, argument);
    };
    Step step;
    step.primitive = Primitive(description);
    step.arguments = {{image, borrowed(wanted(image), source)},
                      {result, borrowed(wanted(result), destination)},
                      {kernel, parameter(step, wanted(kernel))}};
    if (const Desc numbers = wanted(bias); numbers.get_size() > 0)
      step.arguments.emplace(bias, parameter(step, numbers));
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

  /// Appends the fastest of the layouts' primitives that `describe` makes.
  template <typename Primitive, typename Describe>
  void add(const ops::Graph& graph, const ops::Node& node, int64_t batch,
           const Describe& describe) {
    Step fastest;
    double best = std::numeric_limits<double>::infinity();
    for (const Tag tag : {Tag::any, Tag::nhwc, Tag::nChw8c, Tag::nChw16c}) {
      const int64_t block = tag == Tag::nChw8c ? 8 : tag == Tag::nChw16c ? 16 : 1;
      if (node.shape[2] % block != 0) continue;
      const auto description = describe(Form(graph, node, batch, tag));
      if (!description || std::string_view(description.impl_info_str()).starts_with("ref"))
        continue;
      Step step = make<Primitive>(description);
      const double seconds = time(step);
      if (seconds >= best) continue;
      best = seconds;
      fastest = std::move(step);
    }
    steps.push_back(std::move(fastest));
  }

  void add_forward(const ops::Graph& graph, const ops::Node& node, int64_t batch,
                   dnnl::prop_kind kind) {
    add<Forward>(graph, node, batch, [&](const Form& form) {
      return describe_forward(engine, std::get<ops::Conv2D>(node.op), form, kind);
    });
  }
  void add_backward(const ops::Graph& graph, const ops::Node& node, int64_t batch) {
    const auto& op = std::get<ops::Conv2D>(node.op);
    const auto hint = [&](const Form& form) {
      return describe_forward(engine, op, form, dnnl::prop_kind::forward_training);
    };
    constexpr auto direct = dnnl::algorithm::convolution_direct;
    add<BackwardWeights>(graph, node, batch, [&](const Form& f) -> BackwardWeights::primitive_desc {
      const Forward::primitive_desc forward = hint(f);
      if (!forward) return {};
      return {engine,        direct,    f.source,    f.weights,        f.bias,
              f.destination, f.strides, f.dilations, f.padding_before, f.padding_after,
              forward,       {},        true};
    });
    if (std::ranges::find(graph.inputs, node.inputs[0]) != graph.inputs.end()) return;
    add<BackwardData>(graph, node, batch, [&](const Form& f) -> BackwardData::primitive_desc {
      const Forward::primitive_desc forward = hint(f);
      if (!forward) return {};
      return {engine,          direct,    f.source,    f.weights,
              f.destination,   f.strides, f.dilations, f.padding_before,
              f.padding_after, forward,   {},          true};
    });
  }

  dnnl::engine engine{dnnl::engine::kind::cpu, 0};
  dnnl::stream stream{engine};
  Tensor source, destination;
  std::vector<Step> steps;
};

Convolutions::Convolutions(const ops::Graph& graph, int64_t batch, bool training)
    : state_(std::make_unique<State>()) {
  int64_t largest = 0;
  for (const ops::Node& node : graph.nodes) {
    if (node.shape.rank() == 3) largest = std::max(largest, node.shape.elements());
  }
  state_->source = noise({batch * largest});
  state_->destination = noise({batch * largest});
  for (const ops::Node& node : graph.nodes) {
    if (!std::holds_alternative<ops::Conv2D>(node.op)) continue;
    state_->add_forward(
        graph, node, batch,
        training ? dnnl::prop_kind::forward_training : dnnl::prop_kind::forward_inference);
    if (training) state_->add_backward(graph, node, batch);
  }
}

Convolutions::~Convolutions() = default;

void Convolutions::run() {
  for (const State::Step& step : state_->steps) state_->run(step);
}

}  // namespace thaw::benchmarks
