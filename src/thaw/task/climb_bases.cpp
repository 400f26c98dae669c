#include "thaw/task/climb_bases.h"

#include <algorithm>

#include "thaw/core/error.h"
#include "thaw/data/split.h"
#include "thaw/task/augmentation.h"
#include "thaw/task/class_weight.h"

namespace thaw {
namespace {

/// So many images tell one base from another.
constexpr int64_t probe_images = 500;

/// "a,b@x=1,y=2,c" as a, b@x=1,y=2 and c: what has a value belongs to the name before it.
std::vector<std::string> names_of(const std::string& text) {
  std::vector<std::string> result;
  for (size_t begin = 0; begin <= text.size();) {
    const size_t end = std::min(text.find(',', begin), text.size());
    const std::string part = text.substr(begin, end - begin);
    const bool is_option = part.find('=') != std::string::npos &&
                           part.find('@') == std::string::npos && !result.empty();
    if (is_option)
      result.back() += "," + part;
    else if (!part.empty())
      result.push_back(part);
    begin = end + 1;
  }
  return result;
}

ClimbBase load(const ClimbTask& task, const std::string& name, const std::string& size,
               ClimbEvents& events) {
  BaseModel asked = task.base;
  asked.base = name;
  ImageForm form = task.form;
  if (!size.empty())
    form.image_size = with_context("--sizes", [&] { return ImageSize::from_text(size); });
  const LoadedBase loaded = load_base(asked, {.image_size = form.image_size,
                                              .seed = task.seed,
                                              .on_download = [&](int64_t received, int64_t total) {
                                                return events.on_download(received, total);
                                              }});
  FoundForm found = find_form(loaded.base, form, loaded.file);
  if (!found.remark.empty()) events.on_remark(found.remark);
  return {name, loaded.base, found.options};
}

}  // namespace

ClimbOptions climb_options(const ClimbTask& task, const FitData& data, ClimbEvents& events) {
  ClimbOptions result;
  result.seed = task.seed;
  result.folds = task.folds;
  result.most_blocks = task.most_blocks;
  result.epochs = task.epochs;
  result.learning_rate = task.learning_rate;
  result.class_weight = class_weight_of(task.class_weight, data.train);
  if (task.cache && !task.cache->folder.empty()) result.feature_folder = FeatureFolder(*task.cache);
  result.callbacks = {&events};
  result.on_heads = [&events](const HeadChoice& heads) { events.on_heads(heads); };
  result.on_rung_begin = [&events](const Rung& rung) { events.on_rung_begin(rung); };
  result.on_rung = [&events](const Rung& rung) { events.on_rung(rung); };
  result.stop = task.stop;
  result.on_state_failure = [&events](const std::string& reason) {
    events.on_remark("the state to go on from cannot be kept, the climb goes on without: " +
                     reason);
  };
  return result;
}

std::unique_ptr<Dataset> mirrored_of(const Dataset& images, const ClimbTask& task) {
  return Augmentation::parse("flip").of(images, task.seed);
}

std::unique_ptr<Dataset> mirrored(const ClimbTask& task, const Dataset& images) {
  constexpr int64_t few = 600;
  const bool are_tried = task.mirrored == Mirrored::always ||
                         (task.mirrored == Mirrored::where_few && images.size() <= few);
  return are_tried ? mirrored_of(images, task) : nullptr;
}

std::optional<ClimbBase> best_of(const std::vector<ClimbBase>& bases, const ClimbTask& task,
                                 Engine& engine, const FitData& data, ClimbEvents& events,
                                 std::vector<ProbedBase>& probed) {
  if (bases.size() == 1) return bases[0];
  const auto classes = std::ssize(data.train.class_names);
  const int64_t of_each = std::max<int64_t>(probe_images / classes, 2);
  const ImageFolder some =
      data.train.select(some_of_each_class(data.train.labels, of_each, task.seed));
  std::optional<size_t> best;
  for (const ClimbBase& candidate : bases) {
    events.on_probe(candidate.name, candidate.size());
    ClimbOptions options = climb_options(task, data, events);
    options.most_blocks = 0;
    Climb climb(candidate.base, classes, std::move(options));
    const ImageDataset images(some, candidate.form);
    const auto heads = climb.probe(engine, images);
    if (!heads) return std::nullopt;
    probed.push_back({.base = candidate.name,
                      .size = candidate.size(),
                      .negative_log_likelihood = heads->chosen.negative_log_likelihood,
                      .accuracy = heads->chosen.accuracy});
    events.on_probed(probed.back());
    const size_t at = probed.size() - 1;
    if (!best || probed[at].negative_log_likelihood < probed[*best].negative_log_likelihood)
      best = at;
  }
  return bases[*best];
}

std::vector<ClimbBase> bases_of(const ClimbTask& task, ClimbEvents& events) {
  const std::vector<std::string> names = names_of(task.base.base);
  if (names.empty()) throw UsageError("--base: expected a network or several, received none");
  if (names.size() > 1 && (task.base.weights || task.base.output)) {
    throw UsageError(
        "--weights and --output are of one base: leave them out, or name one base alone");
  }
  const std::vector<std::string> sizes =
      task.sizes.empty() ? std::vector<std::string>{""} : task.sizes;
  std::vector<ClimbBase> result;
  for (const std::string& name : names)
    for (const std::string& size : sizes) result.push_back(load(task, name, size, events));
  return result;
}

}  // namespace thaw
