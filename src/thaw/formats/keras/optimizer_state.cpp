#include "thaw/formats/keras/optimizer_state.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <span>

#include "thaw/core/error.h"
#include "thaw/core/variable.h"
#include "thaw/formats/keras/layer_slots.h"

namespace thaw::keras {
namespace {

constexpr const char* keras_group = "optimizer_weights";
/// Where Keras does not look: 3.15 loads the state of an .h5 file into an optimizer that it then
/// cannot train with ("Unknown variable"), its own files included.
constexpr const char* own_group = "thaw_optimizer_weights";
constexpr const char* group = "optimizer/vars";

/// The tensors in the optimizer's order, whichever form the file has.
std::vector<FileTensor> listed(const Hdf5File& file) {
  for (const char* where : {own_group, keras_group}) {
    if (!file.is_group(where)) continue;
    std::vector<FileTensor> tensors;
    const auto names = file.list_attribute(where, "weight_names");
    if (!names) return tensors;
    for (const std::string& name : *names) {
      const std::string path = fmt::format("{}/{}", where, name);
      tensors.push_back({name, path, file.dataset_shape(path)});
    }
    return tensors;
  }
  return numbered(file, "optimizer");
}

/// The moving averages of all variables stand before all else; what else is kept goes variable by
/// variable.
constexpr const char* average = "average";

bool keeps_average(const std::vector<std::string>& slots) {
  return !slots.empty() && slots[0] == average;
}

/// Calls visit(variable, slot) for all that is kept, in the order of files.
template <typename Visit>
void for_each_in_order(const OptimizerState& state, Visit&& visit) {
  const size_t first = keeps_average(state.slots) ? 1 : 0;
  for (size_t v = 0; v < state.values.size() && first == 1; ++v) visit(v, size_t{0});
  for (size_t v = 0; v < state.values.size(); ++v)
    for (size_t s = first; s < state.slots.size(); ++s) visit(v, s);
}

bool ends_in(const std::string& slot, const std::string& name) {
  return name.ends_with("/" + slot.substr(0, 1)) || name.ends_with("_" + slot);
}

/// Whether a tensor is of the second slot: "Adam/v/dense/kernel:0", "Adam/dense/kernel/v:0" or
/// "adam/dense_kernel_velocity".
bool is_of_second(const std::vector<std::string>& slots, std::string name) {
  if (const size_t colon = name.rfind(':'); colon != std::string::npos) name.resize(colon);
  if (ends_in(slots[0], name)) return false;
  return ends_in(slots[1], name) ||
         name.find("/" + slots[1].substr(0, 1) + "/") != std::string::npos;
}

/// Before Keras 2.11 all of one slot came before all of the next; since then it is variable by
/// variable, which .keras files, whose tensors have numbers only, have always been.
bool goes_slot_by_slot(std::span<const FileTensor> tensors, const std::vector<std::string>& slots) {
  return slots.size() > 1 && tensors.size() > 1 && tensors[0].name.find('/') != std::string::npos &&
         !is_of_second(slots, tensors[1].name);
}

class StateReader {
 public:
  StateReader(const Hdf5File& file, std::vector<FileTensor> tensors)
      : file_(file), tensors_(std::move(tensors)) {}

  OptimizerState read(std::vector<std::string> slots, const Config& config,
                      const std::vector<VariablePtr>& variables) {
    OptimizerState state;
    state.slots = std::move(slots);
    if (const FileTensor* tensor = take_scalar()) {
      state.iterations = file_.read_integer(tensor->path);
      if (state.iterations < 0) throw Error("expected a count of steps of 0 or more");
    }
    const Config* rate = config.find("learning_rate");
    if (rate != nullptr && rate->is_number()) state.learning_rate = rate->as_number();
    if (const FileTensor* tensor = take_scalar()) {
      // A float32, where the config may have all digits of the same number.
      const float value = file_.read_dataset(tensor->path).values()[0];
      if (value != static_cast<float>(state.learning_rate)) state.learning_rate = double{value};
    }
    read_slots(state, variables);
    return state;
  }

 private:
  const FileTensor* take_scalar() {
    if (next_ == tensors_.size() || tensors_[next_].shape.rank() != 0) return nullptr;
    return &tensors_[next_++];
  }

  void read_slots(OptimizerState& state, const std::vector<VariablePtr>& variables) {
    if (state.slots.empty()) return;
    tensors_.erase(tensors_.begin(), tensors_.begin() + static_cast<std::ptrdiff_t>(next_));
    state.values.resize(variables.size());
    std::vector<std::string> slots = state.slots;
    if (keeps_average(slots)) {
      slots.erase(slots.begin());
      const size_t averages = std::min(tensors_.size(), variables.size());
      read_rows(state, std::span(tensors_).first(averages), {average}, variables);
      tensors_.erase(tensors_.begin(), tensors_.begin() + static_cast<std::ptrdiff_t>(averages));
    }
    // tf.keras keeps a momentum for SGD that has none.
    if (!slots.empty()) read_rows(state, tensors_, slots, variables);
  }

  /// What is kept under the names of `slots`, a row a variable.
  void read_rows(OptimizerState& state, std::span<const FileTensor> tensors,
                 const std::vector<std::string>& slots,
                 const std::vector<VariablePtr>& variables) const {
    const size_t count = slots.size();
    const size_t needed = variables.size() * count;
    // Before 2.3, Adam without amsgrad had one zero in place of each third tensor.
    while (tensors.size() > needed && tensors.back().shape == Shape{1})
      tensors = tensors.first(tensors.size() - 1);
    if (tensors.size() != needed) {
      throw Error(fmt::format("expected {} tensors for {} trainable variables, received {}", needed,
                              variables.size(), tensors.size()));
    }
    const bool by_slot = count > 1 && goes_slot_by_slot(tensors, slots);
    for (size_t v = 0; v < variables.size(); ++v) {
      for (size_t s = 0; s < count; ++s) {
        const FileTensor& tensor = tensors[by_slot ? s * variables.size() + v : v * count + s];
        if (tensor.shape != variables[v]->shape()) {
          throw Error(fmt::format("\"{}\": expected shape {}, received {}", tensor.name,
                                  variables[v]->shape().to_string(), tensor.shape.to_string()));
        }
        state.values[v].push_back(file_.read_dataset(tensor.path));
      }
    }
  }

  const Hdf5File& file_;
  std::vector<FileTensor> tensors_;
  size_t next_ = 0;
};

std::string name_of(const Config& optimizer) {
  const Config* name = optimizer.at("config").find("name");
  return name != nullptr && name->is_string() ? name->as_string() : "optimizer";
}

/// Each trainable variable's layer and name, "base_conv_kernel", as Keras puts them into one word.
std::vector<std::string> words(const Functional& model) {
  std::vector<std::string> result;
  std::set<const Variable*> seen;
  for (const Layer& layer : model.layers()) {
    for (const Slot& slot : slots_of(layer)) {
      if (!slot.trains || !seen.insert(slot.variable.get()).second) continue;
      std::string word = slot.path + "_" + slot.variable->name();
      std::ranges::replace(word, '/', '_');
      result.push_back(std::move(word));
    }
  }
  return result;
}

}  // namespace

std::optional<OptimizerState> read_optimizer_state(const Hdf5File& file, const Config& optimizer,
                                                   OptimizerSlotNames slot_names,
                                                   const Functional& model,
                                                   std::vector<std::string>& dropped) {
  try {
    std::vector<FileTensor> tensors = listed(file);
    // Nothing but the counter and the learning rate: compiled and not trained.
    const bool is_new = tensors.empty() || (tensors.size() <= 2 && tensors[0].shape.rank() == 0 &&
                                            file.read_integer(tensors[0].path) == 0);
    if (is_new) return std::nullopt;
    auto slots = slot_names == nullptr ? std::nullopt : slot_names(optimizer);
    if (!slots) {
      throw Error(fmt::format("{} with these options keeps what is not known here",
                              optimizer.at("class_name").as_string()));
    }
    return StateReader(file, std::move(tensors))
        .read(std::move(*slots), optimizer.at("config"), model.trainable_variables());
  } catch (const Error& error) {
    dropped.push_back(fmt::format("the optimizer's state: {}", error.what()));
    return std::nullopt;
  }
}

void write_optimizer_state(const TrainingRecord& training, Hdf5Writer& file) {
  if (!training.optimizer) return;
  const OptimizerState& state = *training.optimizer;
  file.create_group(group);
  file.write_text_attribute(group, "name", name_of(training.compile.at("optimizer")));
  size_t next = 0;
  const auto path = [&] { return fmt::format("{}/{}", group, next++); };
  file.write_integer(path(), state.iterations);
  file.write_dataset(path(), Tensor::full({}, static_cast<float>(state.learning_rate)));
  for_each_in_order(state,
                    [&](size_t v, size_t s) { file.write_dataset(path(), state.values[v].at(s)); });
}

void write_legacy_optimizer_state(const TrainingRecord& training, const Functional& model,
                                  Hdf5Writer& file) {
  if (!training.optimizer) return;
  const OptimizerState& state = *training.optimizer;
  const std::string optimizer = name_of(training.compile.at("optimizer"));
  std::vector<std::string> names;
  std::set<std::string> taken;
  const auto path = [&](const std::string& word) {
    std::string name = fmt::format("{}/{}", optimizer, word);
    for (int n = 1; !taken.insert(name).second; ++n)
      name = fmt::format("{}/{}_{}", optimizer, word, n);
    names.push_back(name);
    return fmt::format("{}/{}", own_group, name);
  };
  file.create_group(own_group);
  file.write_integer(path("iteration"), state.iterations);
  file.write_dataset(path("learning_rate"),
                     Tensor::full({}, static_cast<float>(state.learning_rate)));
  const std::vector<std::string> variables = words(model);
  for_each_in_order(state, [&](size_t v, size_t s) {
    file.write_dataset(path(variables.at(v) + "_" + state.slots[s]), state.values[v].at(s));
  });
  file.write_list_attribute(own_group, "weight_names", names);
}

}  // namespace thaw::keras
