// What predict, evaluate and convert say of outputs and class names.

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "app/program.h"
#include "support/error_of.h"
#include "support/temporary_folder.h"
#include "thaw/core/files.h"
#include "thaw/data/preprocessing.h"
#include "thaw/formats/model_file.h"
#include "thaw/graph/layers/activation.h"
#include "thaw/graph/layers/conv_2d.h"
#include "thaw/graph/layers/dense.h"
#include "thaw/graph/layers/global_average_pooling_2d.h"

namespace thaw {
namespace {

using nlohmann::json;
using testing::contains;
using testing::ProgramRun;
using testing::run_thaw;

/// Models of random weights that nobody named the classes of, and images.
class OutputsOfModels : public ::testing::Test {
 protected:
  OutputsOfModels() : image_(input({32, 32, 3}, "image")) {
    testing::draw_images(folder_ / "images", 4, 1);
    features_ = activation({.activation = "relu"})(
        conv_2d({.filters = 4, .kernel_size = 3, .strides = 4})(image_));
    pooled_ = global_average_pooling_2d()(features_);
  }

  std::string path(const std::string& name) const { return (folder_ / name).string(); }
  std::string one_image() const { return path("images/red/0.bmp"); }

  Symbol head(const char* activation, int64_t units, const char* name = "out") const {
    return dense({.units = units, .activation = activation, .name = name})(pooled_);
  }

  std::string save(const std::vector<Symbol>& outputs) const {
    const Functional model({image_}, outputs, "network");
    Config form;
    form.set("preprocessing", preprocessing("none").to_config());
    model.metadata().set("pictures", std::move(form));
    save_model(model, folder_ / "m.keras");
    return path("m.keras");
  }

  testing::TemporaryFolder folder_;
  Symbol image_;
  Symbol features_;
  Symbol pooled_;
};

TEST_F(OutputsOfModels, that_are_no_probabilities_are_never_per_cent) {
  const std::string model = save({head("linear", 3)});
  const ProgramRun text = run_thaw({"predict", model, one_image()});
  EXPECT_EQ(text.exit_code, 0);
  EXPECT_FALSE(contains(text.output, "%")) << text.output;
  EXPECT_TRUE(contains(text.output, "class 0")) << text.output;
  EXPECT_TRUE(contains(text.errors, "thaw: no softmax or sigmoid ends the model")) << text.errors;
  const ProgramRun run = run_thaw({"predict", model, one_image(), "--json"});
  const json row = json::parse(run.output)["predictions"][0];
  EXPECT_TRUE(row.contains("score") && row.contains("class") && !row.contains("probability"));
  const ProgramRun asked =
      run_thaw({"predict", model, one_image(), "--json", "--activation", "softmax"});
  double sum = 0;
  const json answer = json::parse(asked.output);
  for (const json& each : answer["predictions"]) sum += each["probability"].get<double>();
  EXPECT_NEAR(sum, 1, 1e-6);
}

TEST_F(OutputsOfModels, of_a_network_without_a_top_are_an_error_that_says_what_to_do) {
  const std::string model = save({features_});
  for (const char* command : {"predict", "evaluate"}) {
    const ProgramRun run = run_thaw({command, model, path("images")});
    EXPECT_EQ(run.exit_code, 1);
    EXPECT_EQ(run.output, "");
    EXPECT_TRUE(contains(run.errors, "gives (8, 8, 4), which are no classes")) << run.errors;
    EXPECT_TRUE(contains(run.errors, "thaw fit")) << run.errors;
    EXPECT_TRUE(contains(run.errors, "--input X.npy --output Y.npy")) << run.errors;
  }
}

TEST_F(OutputsOfModels, are_chosen_by_name_where_there_are_several) {
  const std::string model = save({head("softmax", 3, "kind"), head("sigmoid", 1, "spoilt")});
  const ProgramRun none = run_thaw({"predict", model, one_image()});
  EXPECT_EQ(none.exit_code, 2);
  EXPECT_TRUE(contains(none.errors, "kind, spoilt")) << none.errors;
  for (const auto& [name, classes] : {std::pair("kind", 3U), std::pair("spoilt", 2U)}) {
    const ProgramRun run = run_thaw({"predict", model, one_image(), "--output", name, "--json"});
    ASSERT_EQ(run.exit_code, 0) << run.errors;
    EXPECT_EQ(json::parse(run.output)["predictions"].size(), classes);
    EXPECT_TRUE(contains(run.errors, "output \"" + std::string(name) + "\"")) << run.errors;
  }
  EXPECT_EQ(run_thaw({"evaluate", model, path("images")}).exit_code, 2);
  const ProgramRun judged =
      run_thaw({"evaluate", model, path("images"), "--output", "kind", "--json"});
  ASSERT_EQ(judged.exit_code, 0) << judged.errors;
  EXPECT_EQ(json::parse(judged.output)["classes"].size(), 3U);
}

TEST_F(OutputsOfModels, raw_ones_are_chosen_with_their_file) {
  const std::string model = save({head("softmax", 3, "kind"), head("sigmoid", 1, "spoilt")});
  // A .npy file of one sample of zeros.
  std::string header = "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 32, 32, 3), }";
  header += std::string(128 - 10 - 1 - header.size(), ' ') + "\n";
  std::string array("\x93NUMPY\x01\x00", 8);
  array += static_cast<char>(header.size());
  array += '\0';
  write_file(folder_ / "x.npy", array + header + std::string(size_t{4} * 32 * 32 * 3, '\0'));
  const ProgramRun unnamed =
      run_thaw({"predict", model, "--input", path("x.npy"), "--output", path("y.npy")});
  EXPECT_EQ(unnamed.exit_code, 2);
  EXPECT_TRUE(contains(unnamed.errors, "NAME=Y.npy with one of kind, spoilt")) << unnamed.errors;
  const ProgramRun run =
      run_thaw({"predict", model, "--input", path("x.npy"), "--output", "kind=" + path("y.npy")});
  EXPECT_EQ(run.exit_code, 0) << run.errors;
  EXPECT_TRUE(contains(read_file(folder_ / "y.npy"), "(1, 3)"));
}

TEST_F(OutputsOfModels, get_the_class_names_that_are_given_and_convert_keeps) {
  const std::string model = save({head("linear", 3)});
  const ProgramRun wrong = run_thaw({"predict", model, one_image(), "--classes", "a,b"});
  EXPECT_EQ(wrong.exit_code, 2);
  EXPECT_TRUE(contains(wrong.errors, "2 class names (a, b) for 3 classes")) << wrong.errors;
  write_file(folder_ / "names.txt", "0 blue\n1 green\n2 red\n");
  const ProgramRun kept = run_thaw({"convert", model, path("named.h5"), "--classes",
                                    path("names.txt"), "--activation", "softmax"});
  ASSERT_EQ(kept.exit_code, 0) << kept.errors;
  const ProgramRun run = run_thaw({"evaluate", path("named.h5"), path("images"), "--json"});
  ASSERT_EQ(run.exit_code, 0) << run.errors;
  EXPECT_EQ(json::parse(run.output)["classes"], (json{"blue", "green", "red"}));
  EXPECT_FALSE(contains(run.errors, "output 0")) << run.errors;
  const ProgramRun seen = run_thaw({"predict", path("named.h5"), one_image()});
  EXPECT_TRUE(contains(seen.output, "%") && contains(seen.output, "green")) << seen.output;
}

TEST_F(OutputsOfModels, are_judged_on_folders_in_their_order_which_is_said) {
  const std::string model = save({head("softmax", 3)});
  const ProgramRun run = run_thaw({"evaluate", model, path("images"), "--json"});
  ASSERT_EQ(run.exit_code, 0) << run.errors;
  EXPECT_TRUE(contains(run.errors, "blue = output 0, green = output 1, red = output 2"))
      << run.errors;
  const ProgramRun others =
      run_thaw({"evaluate", model, path("images"), "--classes", "cyan,magenta,yellow"});
  EXPECT_EQ(others.exit_code, 1);
  EXPECT_TRUE(contains(others.errors, "cyan, magenta, yellow") &&
              contains(others.errors, "blue, green, red"))
      << others.errors;
}

}  // namespace
}  // namespace thaw
