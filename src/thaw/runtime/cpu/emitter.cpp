#include "thaw/runtime/cpu/emitter.h"

#include <algorithm>
#include <limits>

namespace thaw::cpu {
namespace {

size_t at(ops::Value value) { return static_cast<size_t>(value.index); }

bool is_depthwise(const ops::Op& op) {
  const auto* convolution = std::get_if<ops::Conv2D>(&op);
  return convolution != nullptr && convolution->groups > 1;
}

/// Whether oneDNN may use these instructions; each set's bits hold those of the sets it contains.
bool processor_has(dnnl::cpu_isa instructions) {
  const auto wanted = static_cast<unsigned>(instructions);
  return (static_cast<unsigned>(dnnl::get_effective_cpu_isa()) & wanted) == wanted;
}

/// Operations for which oneDNN 3.2 falls back to its reference implementation in blocked layouts,
/// tens of times slower: an operand that is repeated over the image (squeeze-and-excitation) and
/// averages that leave out the padding (NASNet). Layer normalization is ours, over pixels.
bool is_slow_in_blocks(const ops::Graph& graph, const ops::Node& node) {
  if (std::holds_alternative<ops::Binary>(node.op)) {
    return !graph[node.inputs[1]].is_parameter() &&
           graph[node.inputs[0]].shape != graph[node.inputs[1]].shape;
  }
  const auto* pool = std::get_if<ops::Pool2D>(&node.op);
  return (pool != nullptr && pool->kind == ops::Pool2D::Kind::average &&
          pool->padding != Padding2{}) ||
         std::holds_alternative<ops::SampleNormalization>(node.op);
}

}  // namespace

/// In blocks of as many channels as a register holds wherever every operation is fast there: with
/// AVX-512 that takes 3 (ResNet50V2) to 25 % (MobileNetV2) less time than what oneDNN 3.2 chooses
/// by itself. With AVX2 it is 10 to 60 % less for depthwise and 1×1 kernels, but networks of 3×3
/// kernels (ResNet) are faster with the channels last.
ImageLayout best_image_layout(const ops::Graph& graph, Precision precision) {
  const auto any_node = [&](const auto& predicate) {
    return std::ranges::any_of(graph.nodes, predicate);
  };
  const bool is_slow =
      any_node([&](const ops::Node& node) { return is_slow_in_blocks(graph, node); });
  if (processor_has(dnnl::cpu_isa::avx512_core)) {
    return is_slow || precision != Precision::f32 ? ImageLayout::chosen_by_primitive
                                                  : ImageLayout::blocked_by_16;
  }
  if (!processor_has(dnnl::cpu_isa::avx2)) return ImageLayout::chosen_by_primitive;
  const bool has_depthwise = any_node([](const ops::Node& node) { return is_depthwise(node.op); });
  return has_depthwise && !is_slow ? ImageLayout::blocked_by_8 : ImageLayout::channels_last;
}

Emitter::Emitter(const ops::Graph& graph_to_run, const ExecutableOptions& run_options,
                 Program& target, Precision precision_of_products)
    : program(target),
      graph(graph_to_run),
      options(run_options),
      precision(precision_of_products),
      image_layout_(
          best_image_layout(options.network != nullptr ? *options.network : graph, precision)),
      values_(graph.nodes.size()),
      gradients_(graph.nodes.size()),
      needs_gradient_(graph.nodes.size(), false),
      last_reader_(graph.nodes.size(), -1),
      maker_(graph.nodes.size()),
      use_counts_(graph.use_counts()) {
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    const ops::Node& node = graph.nodes[i];
    const auto* weight = std::get_if<ops::Weight>(&node.op);
    needs_gradient_[i] = options.training &&
                         ((weight != nullptr && weight->trainable) ||
                          (options.input_gradients && std::holds_alternative<ops::Input>(node.op)));
    for (const ops::Value input : node.inputs) {
      last_reader_[at(input)] = static_cast<int>(i);
      if (needs_gradient_[at(input)]) needs_gradient_[i] = true;
    }
    if (weight == nullptr || !weight->trainable || !options.training) continue;
    auto found =
        std::ranges::find(parameter_gradients_, weight->variable, &ParameterGradient::variable);
    if (found == parameter_gradients_.end()) {
      const auto zeros = Tensor::zeros(weight->variable->shape());
      found = parameter_gradients_.insert(found, {weight->variable, zeros});
    }
    found->readers += use_counts_[i];
  }
  for (const ops::Value output : graph.outputs)
    last_reader_[at(output)] = std::numeric_limits<int>::max();
}

BufferId Emitter::value(ops::Value value) const { return values_[at(value)].front(); }

BufferId Emitter::value_in(Section section, ops::Value value, const Desc& wanted) {
  for (const BufferId buffer : values_[at(value)]) {
    if (program.desc(buffer) == wanted) return buffer;
  }
  const BufferId reordered = in_layout(section, values_[at(value)].front(), wanted);
  values_[at(value)].push_back(reordered);
  return reordered;
}

BufferId Emitter::value(ops::Value value, const Desc& wanted) {
  return value_in(Section::forward, value, wanted);
}

BufferId Emitter::value_for_backward(ops::Value value, const Desc& wanted) {
  return value_in(Section::backward, value, wanted);
}

void Emitter::set_value(ops::Value value, BufferId buffer) { values_[at(value)] = {buffer}; }

BufferId Emitter::new_value(ops::Value value, const Desc& desc) {
  const BufferId buffer = program.temporary(desc);
  set_value(value, buffer);
  return buffer;
}

bool Emitter::is_last_use(ops::Value value, ops::Value reader) const {
  if (options.training || last_reader_[at(value)] != reader.index ||
      values_[at(value)].size() != 1 || std::ranges::count(graph[reader].inputs, value) != 1) {
    return false;
  }
  const BufferId memory = values_[at(value)].front();
  if (!program.is_temporary(memory)) return false;
  for (size_t other = 0; other < values_.size(); ++other) {
    if (other == at(value) || last_reader_[other] < reader.index) continue;
    for (const BufferId buffer : values_[other])
      if (program.share_memory(buffer, memory)) return false;
  }
  return true;
}

ops::Value Emitter::only_reader(ops::Value value) const {
  const int reader = last_reader_[at(value)];
  if (use_counts_[at(value)] != 1 || reader >= static_cast<int>(graph.nodes.size())) return {};
  return {reader};
}

bool Emitter::pass_gradient_to_maker(ops::Value value) {
  const ops::Value maker = maker_[at(value)];
  if (maker.index < 0) return false;
  if (has_gradient(value)) gradients_[at(maker)] = std::move(gradients_[at(value)]);
  return true;
}

BufferId Emitter::in_layout(Section section, BufferId buffer, const Desc& wanted) {
  if (program.desc(buffer) == wanted) return buffer;
  const BufferId result = program.temporary(wanted);
  program.add_reorder(section, buffer, result);
  return result;
}

BufferId Emitter::parameter(ops::Value value, const Desc& plain_view, const Desc& wanted) {
  for (const BufferId buffer : values_[at(value)]) {
    if (program.desc(buffer) == wanted) return buffer;
  }
  const auto* weight = graph.get_if<ops::Weight>(value);
  const BufferId source =
      weight != nullptr ? program.variable(weight->variable, plain_view)
                        : program.tensor(graph.get_if<ops::Constant>(value)->value, plain_view);
  BufferId result = source;
  if (plain_view != wanted) {
    result = program.persistent(wanted);
    const bool changes = weight != nullptr && weight->trainable;
    const bool changes_while_running =
        weight != nullptr && changing_.contains(weight->variable.get());
    const Section section = changes_while_running ? Section::forward
                            : changes             ? Section::pack_trainable
                                                  : Section::pack_frozen;
    program.add_reorder(section, source, result);
  }
  values_[at(value)].push_back(result);
  return result;
}

BufferId Emitter::changing_parameter(ops::Value value, const Desc& plain_view) {
  changing_.insert(graph.get_if<ops::Weight>(value)->variable.get());
  return parameter(value, plain_view);
}

BufferId Emitter::gradient(ops::Value value) {
  auto& parts = gradients_[at(value)];
  if (parts.size() > 1) {
    const Desc layout = program.desc(parts[0]);
    std::vector<BufferId> same_layout;
    std::vector<Desc> descs;
    for (const BufferId part : parts) {
      same_layout.push_back(in_layout(Section::backward, part, layout));
      descs.push_back(layout);
    }
    const BufferId total = program.temporary(layout);
    const dnnl::sum::primitive_desc sum(program.engine(), layout,
                                        std::vector<float>(parts.size(), 1.0F), descs);
    Program::Arguments arguments = {{DNNL_ARG_DST, total}};
    for (size_t i = 0; i < same_layout.size(); ++i) {
      arguments.emplace_back(DNNL_ARG_MULTIPLE_SRC + static_cast<int>(i), same_layout[i]);
    }
    program.add(Section::backward, "sum of gradients", dnnl::sum(sum), arguments);
    parts = {total};
  }
  return parts.front();
}

BufferId Emitter::gradient(ops::Value value, const Desc& wanted) {
  return in_layout(Section::backward, gradient(value), wanted);
}

void Emitter::add_parameter_gradient(ops::Value value, BufferId buffer, const Desc& plain_view) {
  const auto* weight = graph.get_if<ops::Weight>(value);
  const auto found =
      std::ranges::find(parameter_gradients_, weight->variable, &ParameterGradient::variable);
  // Only where nothing is added to it afterwards: others may read the buffer too.
  const bool is_in_place = found->readers == 1 && program.desc(buffer) == plain_view &&
                           program.keep_in(buffer, found->gradient);
  if (!is_in_place) {
    const BufferId target = program.tensor(found->gradient, plain_view);
    program.add_reorder(Section::backward, buffer, target, found->written);
  }
  found->written = true;
}

void Emitter::add_weights_step(const std::string& name, const dnnl::primitive& step,
                               Program::Arguments arguments, ops::Value kernel, const Desc& layout,
                               const Desc& plain_view, ops::Value bias) {
  const BufferId kernel_gradient = program.temporary(layout);
  arguments.emplace_back(DNNL_ARG_DIFF_WEIGHTS, kernel_gradient);
  BufferId bias_gradient;
  if (bias.index >= 0) {
    bias_gradient = program.temporary(plain_vector(shape(bias)[0]));
    arguments.emplace_back(DNNL_ARG_DIFF_BIAS, bias_gradient);
  }
  program.add(Section::backward, name, step, arguments);
  if (needs_gradient(kernel)) add_parameter_gradient(kernel, kernel_gradient, plain_view);
  if (bias.index >= 0) add_parameter_gradient(bias, bias_gradient, program.desc(bias_gradient));
}

}  // namespace thaw::cpu
