#include <fmt/format.h>

#include "thaw/app/command.h"
#include "thaw/app/json_line.h"
#include "thaw/applications/application.h"
#include "thaw/applications/weights.h"
#include "thaw/core/error.h"

namespace thaw::app::commands {
namespace {

/// Where the official weights lie; nothing when they are not at hand. By name alone: to verify them
/// takes as long as reading them.
std::optional<std::filesystem::path> weights_at_hand(const Application& network, bool with_top) {
  applications::Options options;
  options.include_top = with_top;
  options.input_shape = {network.default_size, network.default_size, int64_t{3}};
  try {
    return applications::weights_path(network.weights_file(options));
  } catch (const UsageError&) {
    return std::nullopt;  // none were published
  }
}

/// Of a file of float32 weights with top.
double megabytes(const Application& network) {
  return static_cast<double>(network.parameters) * 4 / 1e6;
}

const char* which_at_hand(const Application& network) {
  const bool base = weights_at_hand(network, false).has_value();
  const bool whole = weights_at_hand(network, true).has_value();
  if (base && whole) return "both";
  return base ? "without top" : whole ? "with top" : "no";
}

Config path_or_null(const std::optional<std::filesystem::path>& path) {
  return path ? Config(path->string()) : Config();
}

void print_json() {
  Config rows{Config::List{}};
  for (const Application* network : applications::all()) {
    Config row;
    row.set("name", std::string(network->name))
        .set("keras_name", std::string(network->keras_name))
        .set("parameters", network->parameters)
        .set("base_parameters", network->base_parameters)
        .set("megabytes", megabytes(*network))
        .set("image_size", network->default_size)
        .set("preprocessing", std::string(network->preprocessing))
        .set("options", network->takes())
        .set("top_1_accuracy",
             network->top_1_accuracy ? Config(*network->top_1_accuracy) : Config())
        .set("weights", path_or_null(weights_at_hand(*network, false)))
        .set("weights_with_top", path_or_null(weights_at_hand(*network, true)));
    rows.append(std::move(row));
  }
  print_json_line(rows);
}

void print_table() {
  fmt::print("{:<20} {:>12} {:>12} {:>7} {:>6}  {:<16} {:>6}  {:<15} {}\n", "name", "parameters",
             "without top", "MB", "size", "preprocessing", "top-1", "weights at hand", "options");
  for (const Application* network : applications::all()) {
    fmt::print(
        "{:<20} {:>12} {:>12} {:>7.1f} {:>6}  {:<16} {:>6}  {:<15} {}\n", network->name,
        network->parameters, network->base_parameters, megabytes(*network), network->default_size,
        network->preprocessing,
        network->top_1_accuracy ? fmt::format("{:.1f} %", 100 * *network->top_1_accuracy) : "",
        which_at_hand(*network), network->takes());
  }
}

struct Models final : Call {
  bool json = false;

  void describe(OptionList& options) override {
    options.add("json", json, {.help = "one JSON array on standard output"});
  }

  Exit run() override {
    if (json) {
      print_json();
    } else {
      print_table();
    }
    return Exit::done;
  }
};

}  // namespace

extern const Command models;
const Command models{
    .name = "models",
    .what = "the networks that thaw knows by name",
    .details =
        "Each can be the --base of thaw fit. Options are set behind an @, as in "
        "mobilenet_v2@alpha=0.35. Weights that are not at hand are fetched when they are needed.",
    .example = "thaw models",
    .make = &make_call<Models>};

}  // namespace thaw::app::commands
