#include <gtest/gtest.h>

#include <set>

#include "formats/small_model.h"
#include "support/error_of.h"
#include "support/temporary_folder.h"
#include "thaw/core/files.h"
#include "thaw/formats/format.h"
#include "thaw/formats/json.h"

namespace thaw {
namespace {

bool writes(const ModelFormat& format) {
  return format.write != nullptr || format.write_weights != nullptr;
}

TEST(ModelFormats, each_is_recognized_by_content_whatever_its_name) {
  const testing::TemporaryFolder folder;
  const Functional model = testing::small_model();
  for (const ModelFormat* format : model_formats::all()) {
    const auto path = folder / "named_as_it_likes";
    if (format->write != nullptr) {
      format->write({.model = model}, path);
    } else if (format->write_weights != nullptr) {
      format->write_weights(model, path);
    } else {
      continue;  // read alone
    }
    EXPECT_EQ(model_formats::recognize(ModelInput(path)).name, format->name);
    EXPECT_EQ(model_formats::recognize(ModelInput(read_file(path))).name, format->name);
    EXPECT_EQ(is_whole_model(path), format->read != nullptr) << format->name;
    EXPECT_GT(load_weights(model, path).loaded, 0) << format->name;
  }
}

TEST(ModelFormats, are_found_by_the_longest_ending_that_a_name_has) {
  std::set<std::string_view> seen;
  for (const ModelFormat* format : model_formats::all()) {
    ASSERT_FALSE(format->endings.empty()) << format->name;
    for (const std::string_view ending : format->endings) {
      EXPECT_TRUE(seen.insert(ending).second) << ending << " belongs to two formats";
      EXPECT_EQ(model_formats::by_ending("a" + std::string(ending)), format) << ending;
    }
  }
  EXPECT_EQ(model_formats::by_ending("a.h5")->name, "keras_h5");
  EXPECT_EQ(model_formats::by_ending("a.weights.h5")->name, "keras_weights");
  EXPECT_EQ(model_formats::by_ending("a.bin"), nullptr);
  EXPECT_EQ(model_formats::endings(&writes), ".keras, .h5, .weights.h5 or .safetensors");
}

TEST(ModelFormats, refuse_what_is_none_of_them) {
  const auto recognize = [](std::string bytes) {
    return testing::error_of([&] { model_formats::recognize(ModelInput(std::move(bytes))); });
  };
  for (const char* bytes : {"", "PNG", "\x89HDF"}) {
    EXPECT_TRUE(testing::contains(recognize(bytes), "expected a model (Keras's")) << bytes;
  }
  EXPECT_TRUE(testing::contains(
      testing::error_of([] { ModelInput(std::filesystem::path("no/such/file.h5")); }),
      "there is none"));
}

TEST(Json, is_written_whatever_bytes_a_text_has) {
  Config config;
  config.set("file", std::string("a\xff") + "b")
      .set("loss", std::numeric_limits<double>::infinity());
  EXPECT_EQ(write_json(config),
            "{\"file\":\"a\xEF\xBF\xBD"
            "b\",\"loss\":null}");
  EXPECT_EQ(write_json(config.find("loss")->is_number() ? Config(Config::List{1, 2}) : Config(), 1),
            "[\n 1,\n 2\n]");
}

}  // namespace
}  // namespace thaw
