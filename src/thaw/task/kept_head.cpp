#include "thaw/task/kept_head.h"

#include <fmt/format.h>

#include <algorithm>

#include "thaw/core/error.h"
#include "thaw/core/unicode.h"
#include "thaw/task/class_folders.h"
#include "thaw/task/class_names.h"
#include "thaw/task/image_form.h"
#include "thaw/task/outputs.h"
#include "thaw/train/loss.h"

namespace thaw {
namespace {

std::string loss_for(const LoadedBase& loaded) {
  std::string text = loss_of(*loaded.whole);
  const Loss loss(text);
  const bool wants_probabilities = loss_types::find(loss.name).head != Activation::Kind::linear ||
                                   loss.name.starts_with("binary");
  if (!wants_probabilities || loaded.division->gives_probabilities()) return text;
  if (loss.options.find("from_logits") != nullptr) return text;
  return text + (text.find('@') == std::string::npos ? "@" : ",") + "from_logits=true";
}

/// As they look, in no order.
std::vector<std::string> composed(const std::vector<std::string>& names) {
  std::vector<std::string> result;
  result.reserve(names.size());
  for (const std::string& name : names) result.push_back(to_nfc(name));
  std::ranges::sort(result);
  return result;
}

}  // namespace

KeptHead keep_head(const BaseModel& asked, const LoadedBase& loaded) {
  if (!loaded.whole) {
    throw UsageError(
        "--keep-head: expected --base to be the file of a finished model, received "
        "the network " +
        asked.base + ": leave --keep-head out for a new head");
  }
  choose_output(*loaded.whole, std::nullopt);  // of several, one has to be named
  if (asked.weights) {
    throw UsageError("--keep-head: goes on with the weights in " + asked.base +
                     ", received --weights " + *asked.weights + ": leave one of them out");
  }
  if (loaded.division->dropped().empty()) {
    throw UsageError("--keep-head: expected a finished model, received " + asked.base +
                     ", which has no head: leave --keep-head out for a new one");
  }
  if (loaded.division->is_tapped()) {
    Model model(*loaded.whole);
    model.set_trainable(true);
    return {std::move(model), loss_for(loaded)};
  }
  const Symbol image = input(loaded.base.inputs()[0].shape(), "input");
  const Symbol features = loaded.base(image, {.training = false});
  Model model(image, loaded.division->head_of(features));
  model.set_trainable(true);
  return {std::move(model), loss_for(loaded)};
}

FitData with_classes_of(const BaseModel& asked, const LoadedBase& loaded, const FitData& data,
                        TaskEvents& events) {
  const int64_t outputs = loaded.whole->outputs()[0].shape().elements();
  const ClassNames classes =
      find_class_names(*loaded.whole, class_count(outputs), {.model_file = asked.base});
  const std::vector<std::string>& received = data.train.class_names;
  const bool are_same = classes.known ? composed(classes.names) == composed(received)
                                      : classes.names.size() == received.size();
  if (!are_same) {
    throw UsageError(fmt::format(
        "--keep-head: expected folders named after the model's {} classes ({}), received {} ({}): "
        "leave --keep-head out for a new head",
        classes.names.size(), listed(classes.names), received.size(), listed(received)));
  }
  ClassFolders train = match_classes(data.train, classes);
  if (!train.remark.empty()) events.on_remark(train.remark);
  FitData result = data;
  result.train = std::move(train.folder);
  if (data.validation) result.validation = match_classes(*data.validation, classes).folder;
  return result;
}

}  // namespace thaw
