#include "thaw/runtime/cpu/device.h"

#include "thaw/core/error.h"
#include "thaw/core/out_of_memory.h"
#include "thaw/core/threads.h"
#include "thaw/runtime/cpu/kernel.h"
#include "thaw/runtime/cpu/step_threads.h"

namespace thaw {
namespace cpu {
namespace {

/// None for what nothing is computed for.
template <typename Operation>
std::unique_ptr<Kernel> kernel_of(const Operation& op, NodeRef node) {
  if constexpr (ops::is_source<Operation>) {
    return nullptr;
  } else {
    return make_kernel(op, node);
  }
}

class CpuExecutable final : public Executable {
 public:
  CpuExecutable(const dnnl::engine& engine, ops::Graph graph, const ExecutableOptions& options,
                int threads, Precision precision)
      : graph_(std::move(graph)),
        options_(options),
        program_(engine, threads_for(graph_, options_, threads)),
        emit_(graph_, options_, program_, options.training ? Precision::f32 : precision) {
    emit_inputs();
    emit_forward();
    if (options_.training) emit_backward();
    program_.place_buffers();
    for (auto& parameter : emit_.parameter_gradients()) {
      variables_.push_back(parameter.variable);
      gradients_.push_back(parameter.gradient);
    }
    program_.run(Section::pack_frozen);
    program_.run(Section::pack_trainable);
  }

  std::span<const Tensor> forward(std::span<const Tensor> inputs) override {
    expect(inputs, graph_.inputs, "input");
    for (size_t i = 0; i < inputs.size(); ++i) program_.set_data(inputs_[i], inputs[i].data());
    program_.run(Section::forward);
    return outputs_;
  }

  void backward(std::span<const Tensor> output_gradients) override {
    expect(output_gradients, graph_.outputs, "output gradient");
    for (size_t i = 0; i < output_gradients.size(); ++i) {
      program_.set_data(output_gradients_[i], output_gradients[i].data());
    }
    program_.run(Section::backward);
  }

  std::span<const VariablePtr> variables() const override { return variables_; }
  std::span<Tensor> gradients() override { return gradients_; }
  std::span<const Tensor> input_gradients() const override { return input_gradients_; }
  void variables_changed() override {
    program_.refresh_variables();
    program_.run(Section::pack_trainable);
  }
  void set_step(uint64_t step) override { *emit_.step_handle() = step; }
  int64_t buffer_bytes() const override { return program_.arena_bytes(); }
  int64_t least_buffer_bytes() const override { return program_.least_arena_bytes(); }

 private:
  void expect(std::span<const Tensor> tensors, const std::vector<ops::Value>& values,
              const char* what) const {
    if (tensors.size() != values.size()) {
      throw Error("expected " + std::to_string(values.size()) + " " + what + "s, received " +
                  std::to_string(tensors.size()));
    }
    for (size_t i = 0; i < values.size(); ++i) {
      const Shape expected = graph_[values[i]].shape.with_batch(options_.batch_size);
      if (tensors[i].shape() != expected) {
        throw Error(std::string("expected an ") + what + " of shape " + expected.to_string() +
                    ", received " + tensors[i].shape().to_string());
      }
    }
  }

  void emit_inputs() {
    for (const ops::Value input : graph_.inputs) {
      inputs_.push_back(program_.external(emit_.plain_desc(input)));
      emit_.set_value(input, inputs_.back());
    }
  }

  void emit_forward() {
    kernels_.resize(graph_.nodes.size());
    for (int i = 0; i < static_cast<int>(graph_.nodes.size()); ++i) {
      const NodeRef ref{{i}, graph_.nodes[static_cast<size_t>(i)]};
      auto& kernel = kernels_[static_cast<size_t>(i)];
      kernel = std::visit([&](const auto& op) { return kernel_of(op, ref); }, ref.node.op);
      if (kernel && !emit_.is_done(ref.value)) kernel->forward(emit_);
    }
    for (const ops::Value output : graph_.outputs) {
      outputs_.emplace_back(graph_[output].shape.with_batch(options_.batch_size));
      const Desc wanted = emit_.plain_desc(output);
      const BufferId result = emit_.value(output);
      if (program_.desc(result) == wanted && program_.keep_in(result, outputs_.back())) continue;
      program_.add_reorder(Section::forward, result, program_.tensor(outputs_.back(), wanted));
    }
  }

  void emit_backward() {
    for (const ops::Value output : graph_.outputs) {
      output_gradients_.push_back(program_.external(emit_.plain_desc(output)));
      emit_.add_gradient(output, output_gradients_.back());
    }
    for (int i = static_cast<int>(graph_.nodes.size()) - 1; i >= 0; --i) {
      auto& kernel = kernels_[static_cast<size_t>(i)];
      if (emit_.pass_gradient_to_maker({i})) continue;
      if (kernel && emit_.needs_gradient({i}) && emit_.has_gradient({i})) kernel->backward(emit_);
    }
    if (!options_.input_gradients) return;
    for (const ops::Value input : graph_.inputs) {
      input_gradients_.push_back(
          Tensor::zeros(graph_[input].shape.with_batch(options_.batch_size)));
      if (!emit_.has_gradient(input)) continue;
      program_.add_reorder(Section::backward, emit_.gradient(input),
                           program_.tensor(input_gradients_.back(), emit_.plain_desc(input)));
    }
  }

  ops::Graph graph_;
  ExecutableOptions options_;
  Program program_;
  Emitter emit_;
  std::vector<std::unique_ptr<Kernel>> kernels_;
  std::vector<BufferId> inputs_;
  std::vector<BufferId> output_gradients_;
  std::vector<Tensor> outputs_;
  std::vector<Tensor> input_gradients_;
  std::vector<VariablePtr> variables_;
  std::vector<Tensor> gradients_;
};

class CpuDevice final : public Device {
 public:
  explicit CpuDevice(const DeviceOptions& options)
      : threads_(options.threads > 0 ? options.threads : Threads::available()),
        precision_(options.precision),
        engine_(dnnl::engine::kind::cpu, 0) {}

  std::unique_ptr<Executable> compile(const ops::Graph& graph,
                                      const ExecutableOptions& options) override {
    try {
      return std::make_unique<CpuExecutable>(engine_, graph, options, threads_, precision_);
    } catch (const dnnl::error& error) {
      if (error.status == dnnl_out_of_memory)
        throw OutOfMemory(std::string("out of memory: oneDNN ") + error.message);
      throw Error(std::string("oneDNN cannot run this network: ") + error.message);
    }
  }
  int threads() const override { return threads_; }
  const DeviceTraits& traits() const override { return cpu_traits(); }
  std::string numerics(const ops::Graph& network) const override {
    const dnnl_version_t* version = dnnl_version();
    return "oneDNN " + std::to_string(version->major) + "." + std::to_string(version->minor) + "." +
           std::to_string(version->patch) + ", instructions " +
           std::to_string(static_cast<int>(dnnl::get_effective_cpu_isa())) + ", " +
           std::to_string(threads_) + " threads, layout " +
           std::to_string(static_cast<int>(best_image_layout(network, precision_))) + ", " +
           (precision_ == Precision::f32 ? "float32" : "bfloat16");
  }

 private:
  int threads_;
  Precision precision_;
  dnnl::engine engine_;
};

}  // namespace
}  // namespace cpu

std::unique_ptr<Device> cpu_device(const DeviceOptions& options) {
  if (options.precision == Precision::bf16 && !has_bfloat16()) {
    throw UsageError(
        "precision bf16: this processor has no instructions for bfloat16 that would make it faster "
        "(AVX512_BF16 or AMX, on x86); use f32");
  }
  return std::make_unique<cpu::CpuDevice>(options);
}

bool has_bfloat16() {
  const dnnl::engine engine(dnnl::engine::kind::cpu, 0);
  constexpr auto type = cpu::ElementType::bf16;
  const cpu::Desc image({1, 64, 8, 8}, type, dnnl::memory::format_tag::any);
  const cpu::Desc kernel({64, 64, 1, 1}, type, dnnl::memory::format_tag::any);
  const dnnl::convolution_forward::primitive_desc chosen(
      engine, dnnl::prop_kind::forward_inference, dnnl::algorithm::convolution_direct, image,
      kernel, image, cpu::Dims{1, 1}, cpu::Dims{0, 0}, cpu::Dims{0, 0}, {}, true);
  if (!chosen) return false;
  // Where it is emulated the name has "bf16" too, but another set of instructions.
  const std::string_view name = chosen.impl_info_str();
  return name.find("amx") != std::string_view::npos ||
         name.find("avx512_core_bf16") != std::string_view::npos;
}

}  // namespace thaw
