#pragma once

#include <dnnl.hpp>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "thaw/core/tensor.h"
#include "thaw/core/variable.h"
#include "thaw/runtime/cpu/layout.h"

namespace thaw::cpu {

/// When a step runs.
enum class Section {
  pack_frozen,     ///< once, when the executable is made
  pack_trainable,  ///< after the trainable variables changed
  forward,
  backward,
};

struct BufferId {
  int index = -1;
  auto operator<=>(const BufferId&) const = default;
};

/// A list of steps over buffers. Buffers that live at different times share memory: after
/// place_buffers() each has its place in one arena.
class Program {
 public:
  /// Steps run on `threads` threads, unless use_threads() says otherwise.
  Program(dnnl::engine engine, int threads)
      : engine_(std::move(engine)), stream_(engine_), threads_(threads) {
    use_threads(threads);
  }

  int threads() const { return threads_; }
  /// How many threads run the steps that are added from now on. oneDNN shares out a primitive's
  /// work when it is described, so this comes before that.
  void use_threads(int count);

  /// Lives from its first use to its last.
  BufferId temporary(const Desc& desc);
  /// Lives as long as the program, with memory of its own.
  BufferId persistent(const Desc& desc);
  /// Memory that is handed in before a run with set_data().
  BufferId external(const Desc& desc);
  /// A variable's own memory, looked up again before each packing.
  BufferId variable(const VariablePtr& variable, const Desc& desc);
  /// A tensor that the program keeps alive.
  BufferId tensor(const Tensor& tensor, const Desc& desc);
  /// The same memory under another description.
  BufferId alias(BufferId buffer, const Desc& desc);

  /// Makes a temporary buffer live in `tensor`, where a result is wanted anyway; false where it
  /// cannot.
  bool keep_in(BufferId buffer, const Tensor& tensor);

  const Desc& desc(BufferId buffer) const { return buffers_[index(buffer)].desc; }
  const dnnl::engine& engine() const { return engine_; }
  bool is_temporary(BufferId buffer) const {
    return buffers_[index(root(buffer))].kind == Kind::temporary;
  }

  bool share_memory(BufferId a, BufferId b) const { return root(a) == root(b); }

  using Arguments = std::vector<std::pair<int, BufferId>>;
  void add(Section section, std::string name, const dnnl::primitive& primitive,
           const Arguments& arguments);
  /// A step written by hand, over the data of `buffers`.
  using Body = std::function<void(const std::vector<float*>& data)>;
  void add(Section section, std::string name, std::vector<BufferId> buffers, Body body);
  /// Copies `from` to `to`, changing the layout on the way; adds where `accumulate` says so.
  void add_reorder(Section section, BufferId from, BufferId to, bool accumulate = false);

  /// Gives every buffer its memory. No step may be added afterwards.
  void place_buffers();
  void set_data(BufferId external, const float* data);
  void run(Section section);
  /// Points the variables' buffers at their present memory.
  void refresh_variables();

  /// The most that temporaries take up at once.
  int64_t least_arena_bytes() const;
  int64_t arena_bytes() const {
    return arena_.empty() ? 0 : arena_.elements() * static_cast<int64_t>(sizeof(float));
  }

 private:
  enum class Kind { temporary, persistent, external, variable, tensor };
  struct Buffer {
    Desc desc;
    Kind kind = Kind::temporary;
    int root = -1;             ///< of an alias
    std::vector<int> aliases;  ///< of a root
    int first = -1;
    int last = -1;
    VariablePtr variable;
    Tensor tensor;
    dnnl::memory memory;
  };
  struct Step {
    std::string name;
    int threads = 1;
    dnnl::primitive primitive;
    Body body;
    std::vector<BufferId> buffers;
    std::vector<int> argument_names;
    std::vector<dnnl_exec_arg_t> arguments;  ///< made once, so that a run allocates nothing here
    std::vector<float*> data;                ///< of a step written by hand
  };

  static size_t index(BufferId buffer) { return static_cast<size_t>(buffer.index); }
  BufferId root(BufferId buffer) const;
  BufferId append(Buffer buffer);
  /// Points a root and all its aliases at `data`.
  void set_handle(Buffer& owner, void* data);
  void append(Section section, Step step);
  std::vector<int64_t> place_temporaries(int64_t& arena_size);

  dnnl::engine engine_;
  dnnl::stream stream_;
  int threads_;
  int step_threads_ = 1;
  std::vector<Buffer> buffers_;
  std::vector<Step> sections_[4];
  int clock_ = 0;
  Tensor arena_;
};

/// Steps that are added during its life run on `count` threads.
class StepThreads {
 public:
  StepThreads(Program& program, int count) : program_(program) { program.use_threads(count); }
  ~StepThreads() { program_.use_threads(program_.threads()); }
  StepThreads(const StepThreads&) = delete;
  StepThreads& operator=(const StepThreads&) = delete;

 private:
  Program& program_;
};

}  // namespace thaw::cpu
