#include "thaw/app/plan_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "thaw/core/readable_bytes.h"

namespace thaw::app {
namespace {

constexpr size_t page_width = 95;

std::string plural(const std::string& what, size_t count) {
  if (count == 1) return what;
  if (what == "scale and offset") return "scales and offsets";
  if (what.ends_with('s') || what.ends_with('x')) return what + "es";
  return what + "s";
}

std::string counted(size_t count, const std::string& what) {
  return fmt::format("{} {}", count, plural(what, count));
}

/// 0.00123 as "1.23 ms".
std::string readable_seconds(double seconds) {
  if (seconds < 1e-3) return fmt::format("{:.3g} µs", seconds * 1e6);
  if (seconds < 1) return fmt::format("{:.3g} ms", seconds * 1e3);
  if (seconds < 100) return fmt::format("{:.3g} s", seconds);
  return fmt::format("{:.0f} s", seconds);
}

/// Operations of one kind, and whose they are.
struct Group {
  std::string what;
  std::vector<std::string> layers;
};

class PlanText {
 public:
  explicit PlanText(const PlanReport& report) : report_(report) {}

  std::string text() {
    add_frozen();
    add_kept();
    add_random();
    add_trained();
    add_times();
    return fmt::format("Plan: a head of {} on {}, images of {}×{}\n",
                       counted(static_cast<size_t>(report_.classes), "class"), report_.base,
                       report_.image[1], report_.image[0]) +
           text_;
  }

 private:
  template <typename... Arguments>
  void line(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
    text_ += fmt::format(format, std::forward<Arguments>(arguments)...) + "\n";
  }
  void rule() { line("{:-<{}}", "", page_width); }

  /// Layers of the base go without its name.
  std::string short_name(const std::string& path) const {
    const std::string scope = report_.base + "/";
    return path.starts_with(scope) ? path.substr(scope.size()) : path;
  }

  /// As many names as fit, from both ends.
  std::string listed(const std::vector<std::string>& names, size_t width) const {
    std::string all;
    for (const std::string& name : names) all += (all.empty() ? "" : ", ") + short_name(name);
    if (all.size() <= width) return all;
    const std::string last = ", …, " + short_name(names.back());
    std::string some = short_name(names.front());
    for (size_t i = 1; i + 1 < names.size(); ++i) {
      const std::string more = ", " + short_name(names[i]);
      if (some.size() + more.size() + last.size() > width + 2) break;  // … has three bytes
      some += more;
    }
    return some + last;
  }

  void add_group(const Group& group, const std::string& remark = "") {
    constexpr size_t names_at = 36;
    line("  {:>4} {:<{}}{}{}", group.layers.size(), plural(group.what, group.layers.size()),
         names_at - 7, remark, listed(group.layers, page_width - names_at - remark.size()));
  }

  static void gather(std::vector<Group>& groups, const std::vector<LayerOperation>& operations) {
    for (const LayerOperation& operation : operations) {
      auto place = std::ranges::find(groups, operation.what, &Group::what);
      if (place == groups.end()) place = groups.insert(groups.end(), {operation.what, {}});
      place->layers.push_back(operation.layer);
    }
  }

  void add_pass(const Pass& pass) {
    std::vector<Group> merged;
    std::vector<Group> replaced;
    std::string by;
    for (const FrozenPart& part : report_.plan.frozen) {
      const auto done = std::ranges::find(part.passes, pass.name, &PassReport::name);
      if (done == part.passes.end()) continue;
      gather(merged, done->changes.merged);
      gather(replaced, done->changes.replaced);
      if (!done->changes.by.empty()) by = done->changes.by.front().what;
    }
    if (merged.empty() && replaced.empty()) return;
    line("  {}: {}", pass.name, pass.what);
    for (const Group& group : merged) add_group(group);
    for (const Group& group : replaced) add_group(group, "as " + by + ": ");
  }

  void add_frozen() {
    size_t asked = 0;
    size_t biases = 0;
    std::vector<Group> left;
    size_t run = 0;
    for (const FrozenPart& part : report_.plan.frozen) {
      asked += part.asked.size();
      run += part.run.size();
      biases += static_cast<size_t>(part.biases);
      gather(left, part.run);
    }
    rule();
    line("Frozen: runs once an image; {} of the layers become {}", counted(asked, "operation"),
         run);
    for (const Pass* pass : passes()) add_pass(*pass);
    if (biases > 0)
      line("  left to run, {} of them with a bias", biases);
    else
      line("  left to run");
    for (const Group& group : left) add_group(group);
  }

  void add_kept() {
    rule();
    line("{:<52} {:<18} {:>23}", "Kept of each image (float32)", "Shape", "Bytes");
    const auto& frozen = report_.plan.frozen;
    for (size_t i = 0; i < frozen.size(); ++i) {
      std::string label = fmt::format("cut {}", i + 1);
      for (const KeptTensor& tensor : frozen[i].kept) {
        line("  {:<6} {:<43} {:<18} {:>23}", label,
             tensor.is_sample ? "the image itself" : short_name(tensor.layer),
             tensor.shape.to_string(), fmt::group_digits(tensor.bytes()));
        label.clear();
      }
    }
    const int64_t bytes = report_.plan.row_bytes();
    line("  {:<69} {:>23}",
         fmt::format("an image (1,000 of them: {})", readable_bytes(1000 * bytes)),
         fmt::group_digits(bytes));
  }

  void add_random() {
    rule();
    bool any = false;
    for (const StagePlan& stage : report_.plan.stages) {
      const FitPlan& fit = stage.fit;
      if (fit.random_layers.empty()) continue;
      any = true;
      line("Random in {}: {}", stage.options.name, listed(fit.random_layers, page_width - 30));
      if (fit.repeated.empty()) {
        line("  draws new numbers in every step; no frozen layer comes after it");
        continue;
      }
      line(
          "  draws new numbers in every step, so the frozen layers after it run in every step "
          "too:");
      std::vector<Group> groups;
      gather(groups, fit.repeated);
      for (const Group& group : groups) add_group(group);
    }
    if (!any) line("Random: none of the frozen layers, so none of them runs a second time");
  }

  void add_trained() {
    rule();
    line("{:<52} {:<18} {:>11} {:>11}", "Trained", "Begins at", "Layers", "Parameters");
    for (const StagePlan& stage : report_.plan.stages) {
      line("  {:<50} {:<18} {:>11} {:>11}",
           fmt::format("{}: {}, {} {}", stage.options.name,
                       counted(static_cast<size_t>(stage.options.epochs), "epoch"),
                       report_.optimizer, stage.options.learning_rate),
           fmt::format("cut {}", report_.plan.begin_of(stage) + 1), stage.fit.trained.size(),
           fmt::group_digits(stage.fit.trained_parameters()));
      std::vector<std::string> names;
      for (const TrainedLayer& layer : stage.fit.trained) names.push_back(layer.name);
      line("    {}", listed(names, page_width - 4));
      line("    {} in every step", counted(stage.fit.each_step.size(), "operation"));
    }
  }

  template <typename... Columns>
  void time_line(const std::string& what, const std::string& images, const Columns&... columns) {
    line("  {:<26} {:>8} {:>10} {:>10} {:>10} {:>10} {:>12}", what, images, columns...);
  }
  void time_line(const std::string& what, int64_t images, double seconds, const StepTimes* step) {
    const auto column = [&](double StepTimes::*part) {
      return step == nullptr ? std::string() : readable_seconds(step->*part);
    };
    time_line(what, std::to_string(images), column(&StepTimes::forward),
              column(&StepTimes::backward), column(&StepTimes::optimizer),
              readable_seconds(seconds),
              fmt::group_digits(std::lround(static_cast<double>(images) / seconds)));
  }

  void add_times() {
    const RecipeTimes& times = report_.times;
    rule();
    line("Time, measured on noise with {}; reading the images comes on top",
         counted(static_cast<size_t>(times.threads), "thread"));
    time_line("", "Images", "Forward", "Backward", "Optimizer", "Together", "Images/s");
    for (size_t i = 0; i < times.frozen_seconds.size(); ++i) {
      time_line(fmt::format("frozen, to cut {}", i + 1), times.micro_batch, times.frozen_seconds[i],
                nullptr);
    }
    double epochs = 0;
    for (size_t i = 0; i < times.steps.size(); ++i) {
      const StageOptions& stage = report_.plan.stages[i].options;
      const double seconds = times.steps[i].total();
      time_line("step, " + stage.name, times.batch_size, seconds, &times.steps[i]);
      epochs += stage.epochs * seconds * 1000 / static_cast<double>(times.batch_size);
    }
    line("  1,000 images: {} once, {} for all epochs together",
         readable_seconds(1000 / times.images_per_second()), readable_seconds(epochs));
  }

  const PlanReport& report_;
  std::string text_;
};

}  // namespace

std::string plan_text(const PlanReport& report) { return PlanText(report).text(); }

}  // namespace thaw::app
