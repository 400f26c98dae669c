#include <fmt/format.h>

#include "thaw/app/bounded_threads.h"
#include "thaw/app/command.h"
#include "thaw/applications/application.h"
#include "thaw/core/error.h"
#include "thaw/core/files.h"
#include "thaw/core/output_lock.h"
#include "thaw/core/terminal_text.h"
#include "thaw/formats/format.h"
#include "thaw/task/classifier.h"
#include "thaw/task/image_form.h"
#include "thaw/task/model_reading.h"
#include "thaw/task/none_of_these.h"
#include "thaw/train/optimizer_config.h"

namespace thaw::app::commands {
namespace {

bool is_written(const ModelFormat& format) {
  return format.write != nullptr || format.write_weights != nullptr;
}
bool is_read(const ModelFormat& format) { return format.read_weights != nullptr; }

/// The network with the file's weights: with its top, or without where these do not fit or it is
/// not wanted.
ModelFile network_with(const std::string& name, const std::string& weights, bool without_top) {
  auto [application, options] = applications::find(name);
  options.weights = "none";
  std::string reasons;
  for (const bool include_top : {true, false}) {
    if (include_top && without_top) continue;
    options.include_top = include_top;
    const Functional model = applications::create(*application, options);
    try {
      const WeightsReport report = applications::load_weights(*application, model, weights);
      // Without a top what is left over may be that.
      if (report.missing.empty() && (report.skipped.empty() || without_top)) return {model};
      reasons += fmt::format("; {} its top: {} layers got nothing, {} went nowhere",
                             include_top ? "with" : "without", report.missing.size(),
                             report.skipped.size());
    } catch (const Error& error) {
      reasons += fmt::format("; {} its top: {}", include_top ? "with" : "without", error.what());
    }
  }
  throw Error(fmt::format("{}: these are not the weights of {}{}", weights, name, reasons));
}

/// What a file of weights alone has no room for.
void drop_all_but_weights(ModelFile& content) {
  content.dropped = {"the graph: reading the weights again takes the network too"};
  if (content.training) content.dropped.emplace_back("what it was compiled with");
  content.training.reset();
  if (!content.model.metadata().as_map().empty())
    content.dropped.emplace_back("classes, image form and what else stands beside the graph");
  if (drop_unknown_detector(content.model))
    content.dropped.emplace_back("what tells images of none of its classes");
}

/// For the line about what was written.
std::string training_of(const ModelFile& content) {
  if (!content.training) return "";
  if (!content.training->optimizer) return ", compiled";
  const int64_t steps = content.training->optimizer->iterations;
  return fmt::format(", {} step{} of training", steps, steps == 1 ? "" : "s");
}

/// What the file will hold in numbers.
int64_t bytes_of(const ModelFile& content) {
  int64_t floats = 0;
  for (const VariablePtr& variable : content.model.variables())
    floats += variable->shape().elements();
  return floats * static_cast<int64_t>(sizeof(float));
}

struct Convert final : Call {
  std::string in;
  std::string out;
  std::string network;  ///< whose weights they are, where there are weights alone
  bool without_top = false;
  std::optional<std::string> precision;  ///< half, full
  ImageForm form;
  std::optional<std::string> classes;
  OutputChoice outputs;
  ModelReading reading;

  void describe(OptionList& options) override {
    options.add("in", in,
                {.help = "a model or weights: " + model_formats::endings(&is_read),
                 .value = "IN",
                 .required = true,
                 .positional = true,
                 .completes = Completes::file});
    options.add("out", out,
                {.help = "where it goes, by its ending: " + model_formats::endings(&is_written) +
                         "; the last holds the weights alone",
                 .value = "OUT",
                 .required = true,
                 .positional = true,
                 .completes = Completes::file});
    options.add("network", network,
                {.help = "whose weights IN holds, where it holds no network (see thaw models)",
                 .value = "NAME",
                 .completes = Completes::network});
    options.add("without-top", without_top,
                {.help = "with --network: the network without its classifier, as a base is"});
    options.add("precision", precision,
                {.help = "of weights alone: half floats (11 bits, in half the space), or full ones",
                 .choices = {"half", "full"},
                 .usual = "half where OUT's form has it (.safetensors), else full"});
    reading.describe(options);
    options.begin_group("Kept in OUT, for predict, evaluate and fit");
    form.describe(options);
    describe_classes(classes, options);
    outputs.describe(options);
  }

  /// What IN does not say of its outputs goes with OUT.
  void note_outputs(const Functional& model) const {
    if (classes) {
      const Functional output = choose_output(model, std::nullopt).model;
      const int64_t count = class_count(output_columns(output));
      keep_class_names(model, find_class_names(output, count, {.asked = classes}).names);
    }
    if (outputs.activation) model.metadata().set("activation", *outputs.activation);
  }

  /// Images that are fed otherwise are unlike those that it was learned of.
  void drop_what_no_longer_holds(ModelFile& content) const {
    const bool same_form = !form.image_size && !form.preprocessing && !form.aspect_ratio &&
                           !form.interpolation && !form.crop_fraction && !form.orientation;
    if (!same_form && drop_unknown_detector(content.model))
      content.dropped.emplace_back(
          "what tells images of none of its classes: it holds for images fed as before");
  }

  ModelFile read() const {
    const bool is_whole = is_whole_model(in);
    if (is_whole && !network.empty()) {
      throw UsageError(
          fmt::format("--network: {} holds its own network; expected a file of weights alone", in));
    }
    if (without_top && network.empty())
      throw UsageError("--without-top: expected --network NAME with it, received none");
    if (is_whole) {
      LoadOptions options = form.load_options();
      reading.add_to(options);
      options.optimizer_slots = optimizer_slots;
      return read_model_file(in, options);
    }
    if (network.empty()) {
      throw Error(
          fmt::format("{}: expected a whole model, received weights alone: say of which network "
                      "they are (--network NAME, see thaw models)",
                      in));
    }
    return network_with(network, in, without_top);
  }

  bool writes_half(const ModelFormat& format) const {
    const bool has_half = format.write_half_weights != nullptr;
    if (precision == "half" && !has_half) {
      throw UsageError(
          fmt::format("--precision: expected full, since {} has no half floats", format.what));
    }
    return has_half && precision != "full";
  }

  Exit run() override {
    const ModelFormat* format = model_formats::by_ending(out);
    if (format == nullptr || !is_written(*format)) {
      throw UsageError(fmt::format("expected an OUT that ends in {}, received \"{}\"",
                                   model_formats::endings(&is_written), out));
    }
    const bool is_half = writes_half(*format);
    const OutputLock lock(out);
    remove_unfinished(out);
    ModelFile content = read();
    note_form(content.model, form);
    drop_what_no_longer_holds(content);
    note_outputs(content.model);
    require_space(out, bytes_of(content));
    if (format->write != nullptr) {
      format->write(content, out);
    } else {
      drop_all_but_weights(content);
      (is_half ? format->write_half_weights : format->write_weights)(content.model, out);
    }
    for (const std::string& what : content.dropped)
      fmt::print(stderr, "thaw: not kept: {}\n", printable(what));
    fmt::print("{}: {} \"{}\", {} layers, {} parameters{}{}\n", printable_name(out),
               content.model.class_name(), printable_name(content.model.name()),
               content.model.layers().size(), fmt::group_digits(content.model.count_parameters()),
               training_of(content), is_half ? ", half floats" : "");
    return Exit::done;
  }
};

}  // namespace

extern const Command convert;
const Command convert{
    .name = "convert",
    .what = "a model file into another form of it",
    .details =
        "IN is recognized by its content, whatever its name; OUT is written as its ending says. "
        "What the other form has no room for is named.",
    .example = "thaw convert old.h5 new.keras",
    .make = &make_call<Convert>};

}  // namespace thaw::app::commands
