#include "thaw/runtime/cpu/program.h"

#include <dnnl_debug.h>

#include <algorithm>
#include <functional>

#include "thaw/core/error.h"
#include "thaw/runtime/cpu/numerics/planar.h"

// Of OpenMP's API (omp.h, which clang-tidy does not find beside GCC's).
extern "C" void omp_set_num_threads(int count);

namespace thaw::cpu {
namespace {

constexpr int64_t alignment = 64;
int64_t aligned(size_t bytes) {
  return (static_cast<int64_t>(bytes) + alignment - 1) / alignment * alignment;
}

}  // namespace

BufferId Program::append(Buffer buffer) {
  buffers_.push_back(std::move(buffer));
  return {static_cast<int>(buffers_.size()) - 1};
}

BufferId Program::root(BufferId buffer) const {
  while (buffers_[index(buffer)].root >= 0) buffer = {buffers_[index(buffer)].root};
  return buffer;
}

BufferId Program::temporary(const Desc& desc) { return append({.desc = desc}); }
BufferId Program::external(const Desc& desc) {
  return append({.desc = desc, .kind = Kind::external});
}
BufferId Program::persistent(const Desc& desc) {
  const auto floats = static_cast<int64_t>((desc.get_size() + sizeof(float) - 1) / sizeof(float));
  // Zeros: blocked layouts rely on their padding being zero.
  return append({.desc = desc, .kind = Kind::persistent, .tensor = Tensor::zeros({floats})});
}
BufferId Program::variable(const VariablePtr& variable, const Desc& desc) {
  return append({.desc = desc, .kind = Kind::variable, .variable = variable});
}
BufferId Program::tensor(const Tensor& tensor, const Desc& desc) {
  return append({.desc = desc, .kind = Kind::tensor, .tensor = tensor});
}
BufferId Program::alias(BufferId buffer, const Desc& desc) {
  const BufferId owner = root(buffer);
  const BufferId result =
      append({.desc = desc, .kind = buffers_[index(owner)].kind, .root = owner.index});
  buffers_[index(owner)].aliases.push_back(result.index);
  return result;
}

bool Program::keep_in(BufferId buffer, const Tensor& tensor) {
  Buffer& owner = buffers_[index(root(buffer))];
  const auto bytes = static_cast<size_t>(tensor.elements()) * sizeof(float);
  if (owner.kind != Kind::temporary || owner.desc.get_size() != bytes) return false;
  owner.tensor = tensor;
  owner.kind = Kind::tensor;
  for (const int alias : owner.aliases) buffers_[static_cast<size_t>(alias)].kind = Kind::tensor;
  return true;
}

void Program::set_handle(Buffer& owner, void* data) {
  owner.memory.set_data_handle(data);
  for (const int alias : owner.aliases) {
    buffers_[static_cast<size_t>(alias)].memory.set_data_handle(data);
  }
}

void Program::use_threads(int count) {
  step_threads_ = count;
  omp_set_num_threads(count);
}

void Program::append(Section section, Step step) {
  for (const BufferId buffer : step.buffers) {
    Buffer& used = buffers_[index(root(buffer))];
    if (used.first < 0) used.first = clock_;
    used.last = clock_;
  }
  ++clock_;
  sections_[static_cast<int>(section)].push_back(std::move(step));
}

void Program::add(Section section, std::string name, const dnnl::primitive& primitive,
                  const Arguments& arguments) {
  Step step{.name = std::move(name),
            .threads = step_threads_,
            .primitive = primitive,
            .body = {},
            .buffers = {},
            .argument_names = {},
            .arguments = {},
            .data = {}};
  for (const auto& [argument, buffer] : arguments) {
    step.argument_names.push_back(argument);
    step.buffers.push_back(buffer);
  }
  append(section, std::move(step));
}

void Program::add(Section section, std::string name, std::vector<BufferId> buffers, Body body) {
  append(section, {.name = std::move(name),
                   .threads = step_threads_,
                   .primitive = {},
                   .body = std::move(body),
                   .buffers = std::move(buffers),
                   .argument_names = {},
                   .arguments = {},
                   .data = {}});
}

void Program::add_reorder(Section section, BufferId from, BufferId to, bool accumulate) {
  if (auto planar = interleaved_to_planar(desc(from), desc(to)); planar && !accumulate) {
    add(section, "reorder", {from, to}, std::move(*planar));
    return;
  }
  dnnl::primitive_attr attributes;
  if (accumulate) {
    dnnl::post_ops post_ops;
    post_ops.append_sum(1.0F);
    attributes.set_post_ops(post_ops);
  }
  const dnnl::reorder::primitive_desc reorder(engine_, desc(from), engine_, desc(to), attributes);
  add(section, "reorder", dnnl::reorder(reorder), {{DNNL_ARG_FROM, from}, {DNNL_ARG_TO, to}});
}

/// The largest first, each into the lowest gap among those in use at the same time as it: nearly
/// always the least memory that will do (Pisarchyk and Lee 2020, "Efficient memory management for
/// deep neural net inference").
std::vector<int64_t> Program::place_temporaries(int64_t& arena_size) {
  struct Placed {
    int64_t begin, end;
    int first, last;
  };
  std::vector<size_t> order;
  for (size_t i = 0; i < buffers_.size(); ++i) {
    const Buffer& buffer = buffers_[i];
    if (buffer.kind == Kind::temporary && buffer.root < 0 && buffer.first >= 0) order.push_back(i);
  }
  const auto size_of = [&](size_t i) { return aligned(buffers_[i].desc.get_size()); };
  std::ranges::stable_sort(order, std::greater(), size_of);
  std::vector<int64_t> offsets(buffers_.size(), 0);
  std::vector<Placed> placed;  // by where they begin
  for (const size_t i : order) {
    const Buffer& buffer = buffers_[i];
    int64_t offset = 0;
    for (const Placed& other : placed) {
      if (other.last < buffer.first || buffer.last < other.first) continue;
      if (other.begin - offset >= size_of(i)) break;
      offset = std::max(offset, other.end);
    }
    const Placed here{offset, offset + size_of(i), buffer.first, buffer.last};
    placed.insert(std::ranges::upper_bound(placed, here.begin, {}, &Placed::begin), here);
    offsets[i] = offset;
    arena_size = std::max(arena_size, here.end);
  }
  return offsets;
}

int64_t Program::least_arena_bytes() const {
  std::vector<int64_t> in_use(static_cast<size_t>(clock_), 0);
  for (const Buffer& buffer : buffers_) {
    if (buffer.kind != Kind::temporary || buffer.root >= 0 || buffer.first < 0) continue;
    for (int step = buffer.first; step <= buffer.last; ++step)
      in_use[static_cast<size_t>(step)] += aligned(buffer.desc.get_size());
  }
  return in_use.empty() ? 0 : *std::ranges::max_element(in_use);
}

void Program::place_buffers() {
  int64_t arena_size = 0;
  const auto offsets = place_temporaries(arena_size);
  arena_ = Tensor({arena_size / static_cast<int64_t>(sizeof(float))});
  for (Buffer& buffer : buffers_) buffer.memory = dnnl::memory(buffer.desc, engine_, nullptr);
  for (size_t i = 0; i < buffers_.size(); ++i) {
    Buffer& buffer = buffers_[i];
    if (buffer.root >= 0) continue;
    if (buffer.kind == Kind::temporary) {
      set_handle(buffer, reinterpret_cast<char*>(arena_.data()) + offsets[i]);
    } else if (buffer.kind == Kind::persistent || buffer.kind == Kind::tensor) {
      set_handle(buffer, buffer.tensor.data());
    }
  }
  for (auto& section : sections_) {
    for (Step& step : section) {
      for (size_t i = 0; i < step.argument_names.size(); ++i) {
        step.arguments.push_back(
            {step.argument_names[i], buffers_[index(step.buffers[i])].memory.get()});
      }
    }
  }
  refresh_variables();
}

void Program::set_data(BufferId external, const float* data) {
  // oneDNN takes no const pointers, though it never writes to a source.
  set_handle(buffers_[index(root(external))], const_cast<float*>(data));
}

void Program::refresh_variables() {
  for (Buffer& buffer : buffers_) {
    if (buffer.kind == Kind::variable && buffer.root < 0) {
      set_handle(buffer, buffer.variable->value().data());
    }
  }
}

void Program::run(Section section) {
  int threads = 0;  // other programs have run since
  for (Step& step : sections_[static_cast<int>(section)]) {
    if (step.threads != threads) {
      threads = step.threads;
      omp_set_num_threads(threads);
    }
    if (!step.body) {
      const dnnl_status_t status =
          dnnl_primitive_execute(step.primitive.get(), stream_.get(),
                                 static_cast<int>(step.arguments.size()), step.arguments.data());
      if (status != dnnl_success)
        throw Error("oneDNN cannot run " + step.name + ": " + dnnl_status2str(status));
      continue;
    }
    step.data.clear();
    for (const BufferId buffer : step.buffers)
      step.data.push_back(static_cast<float*>(buffers_[index(buffer)].memory.get_data_handle()));
    step.body(step.data);
  }
}

}  // namespace thaw::cpu
