#include <cstdio>

#include "thaw/app/command.h"

namespace thaw::app::commands {
namespace {

struct Greet final : Call {
  std::string name;

  void describe(OptionList& options) override {
    options.add("name", name,
                {.help = "whom", .value = "NAME", .required = true, .positional = true});
  }
  Exit run() override {
    std::printf("Hello, %s.\n", name.c_str());
    return Exit::done;
  }
};

}  // namespace

extern const Command greet;
const Command greet{.name = "greet",
                    .what = "says hello",
                    .details = "",
                    .example = "thaw greet world",
                    .make = &make_call<Greet>};

}  // namespace thaw::app::commands
