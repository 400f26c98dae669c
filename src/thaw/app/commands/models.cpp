#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "thaw/app/command.h"
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

void print_json() {
  auto rows = nlohmann::ordered_json::array();
  for (const Application* network : applications::all()) {
    const auto weights = weights_at_hand(*network, false);
    const auto whole = weights_at_hand(*network, true);
    nlohmann::ordered_json row = {{"name", network->name},
                                  {"keras_name", network->keras_name},
                                  {"parameters", network->parameters},
                                  {"base_parameters", network->base_parameters},
                                  {"megabytes", megabytes(*network)},
                                  {"image_size", network->default_size},
                                  {"preprocessing", network->preprocessing},
                                  {"options", network->takes()},
                                  {"top_1_accuracy", nullptr},
                                  {"weights", nullptr},
                                  {"weights_with_top", nullptr}};
    if (network->top_1_accuracy) row["top_1_accuracy"] = *network->top_1_accuracy;
    if (weights) row["weights"] = weights->string();
    if (whole) row["weights_with_top"] = whole->string();
    rows.push_back(std::move(row));
  }
  fmt::print("{}\n", rows.dump());
}

void print_table() {
  fmt::print("{:<20} {:>12} {:>12} {:>7} {:>6}  {:<13} {:>6}  {:<15} {}\n", "name", "parameters",
             "without top", "MB", "size", "preprocessing", "top-1", "weights at hand", "options");
  for (const Application* network : applications::all()) {
    fmt::print(
        "{:<20} {:>12} {:>12} {:>7.1f} {:>6}  {:<13} {:>6}  {:<15} {}\n", network->name,
        network->parameters, network->base_parameters, megabytes(*network), network->default_size,
        network->preprocessing,
        network->top_1_accuracy ? fmt::format("{:.1f} %", 100 * *network->top_1_accuracy) : "",
        which_at_hand(*network), network->takes());
  }
}

std::function<Exit()> configure(CLI::App& app) {
  auto json = std::make_shared<bool>(false);
  app.add_flag("--json", *json, "one JSON array on standard output");
  return [json] {
    if (*json) {
      print_json();
    } else {
      print_table();
    }
    return Exit::done;
  };
}

}  // namespace

extern const Command models;
const Command models{"models", "the networks that thaw knows by name", &configure};

}  // namespace thaw::app::commands
