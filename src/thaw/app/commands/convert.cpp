#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "thaw/app/command.h"
#include "thaw/applications/application.h"
#include "thaw/core/error.h"
#include "thaw/formats/model_file.h"

namespace thaw::app::commands {
namespace {

struct Options {
  std::string in;
  std::string out;
  std::string network;  ///< whose weights they are, where there are weights alone
};

bool is_for_weights_alone(const std::string& name) { return name.ends_with(".weights.h5"); }

/// The network with the file's weights: with its top, or without where these do not fit.
ModelFile network_with(const std::string& name, const std::string& weights) {
  auto [application, options] = applications::find(name);
  options.weights = "none";
  std::string reasons;
  for (const bool include_top : {true, false}) {
    options.include_top = include_top;
    const Functional model = applications::create(*application, options);
    try {
      const WeightsReport report = load_weights(model, weights);
      if (report.missing.empty() && report.skipped.empty()) return {model};
      reasons += fmt::format("; {} its top: {} layers got nothing, {} went nowhere",
                             include_top ? "with" : "without", report.missing.size(),
                             report.skipped.size());
    } catch (const Error& error) {
      reasons += fmt::format("; {} its top: {}", include_top ? "with" : "without", error.what());
    }
  }
  throw Error(fmt::format("{}: these are not the weights of {}{}", weights, name, reasons));
}

ModelFile read(const Options& options) {
  const bool is_whole = is_whole_model(options.in);
  if (is_whole && !options.network.empty()) {
    throw UsageError(fmt::format(
        "--network: {} holds its own network; expected a file of weights alone", options.in));
  }
  if (is_whole) return read_model_file(options.in);
  if (options.network.empty()) {
    throw Error(
        fmt::format("{}: expected a whole model, received weights alone: say of which network they "
                    "are (--network NAME, see thaw models)",
                    options.in));
  }
  return network_with(options.network, options.in);
}

/// What a file of weights alone has no room for.
void drop_all_but_weights(ModelFile& content) {
  content.dropped = {"the graph: reading the weights again takes the network too"};
  if (content.training) content.dropped.emplace_back("what it was compiled with");
  content.training.reset();
  if (!content.model.metadata().as_map().empty())
    content.dropped.emplace_back("classes, picture form and what else stands beside the graph");
}

/// For the line about what was written.
std::string training_of(const ModelFile& content) {
  if (!content.training) return "";
  if (!content.training->optimizer) return ", compiled";
  const int64_t steps = content.training->optimizer->iterations;
  return fmt::format(", {} step{} of training", steps, steps == 1 ? "" : "s");
}

Exit run(const Options& options) {
  if (!options.out.ends_with(".keras") && !options.out.ends_with(".h5")) {
    throw UsageError("expected an OUT that ends in .keras, .h5 or .weights.h5, received \"" +
                     options.out + "\"");
  }
  ModelFile content = read(options);
  if (is_for_weights_alone(options.out)) {
    drop_all_but_weights(content);
    save_weights(content.model, options.out);
  } else {
    write_model_file(content, options.out);
  }
  for (const std::string& what : content.dropped) fmt::print(stderr, "thaw: not kept: {}\n", what);
  fmt::print("{}: {} \"{}\", {} layers, {} parameters{}\n", options.out, content.model.class_name(),
             content.model.name(), content.model.layers().size(),
             fmt::group_digits(content.model.count_parameters()), training_of(content));
  return Exit::done;
}

std::function<Exit()> configure(CLI::App& app) {
  auto options = std::make_shared<Options>();
  app.add_option("in", options->in, "a model or weights: .keras, .h5, .weights.h5")->required();
  app.add_option("out", options->out,
                 "where it goes: .keras, .h5, or .weights.h5 for the weights alone")
      ->required();
  app.add_option("--network", options->network,
                 "whose weights IN holds, where it holds no network (thaw models)");
  return [options] { return run(*options); };
}

}  // namespace

extern const Command convert;
const Command convert{"convert", "a Keras model file into another form of it", &configure};

}  // namespace thaw::app::commands
