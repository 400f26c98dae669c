// A base that is a folder, an archive, or an address: the same network, and what is said of it is
// kept beside.

#include <gtest/gtest.h>

#include "support/loopback_server.h"
#include "support/temporary_folder.h"
#include "thaw/core/files.h"
#include "thaw/formats/notes_beside.h"
#include "thaw/task/base_model.h"
#include "thaw/task/class_names.h"

namespace thaw {
namespace {

namespace fs = std::filesystem;

class SavedModelBases : public ::testing::Test {
 protected:
  static fs::path golden(const char* name) {
    return fs::path(THAW_SOURCE_FOLDER) / "tests/golden/tensorflow" / name;
  }
  SavedModelBases() {
    fs::copy(golden("keras_export"), folder / "model", fs::copy_options::recursive);
  }

  static std::vector<std::string> layers_of(const std::string& base) {
    const LoadedBase loaded = load_base({.base = base});
    EXPECT_FALSE(loaded.file.empty()) << base;
    std::vector<std::string> names;
    for (const Layer& layer : loaded.base.layers()) names.push_back(layer.name());
    return names;
  }

  testing::TemporaryFolder folder;
  testing::Environment home{"THAW_HOME", (folder / "home").string()};
};

TEST_F(SavedModelBases, are_one_network_in_a_folder_an_archive_and_at_an_address) {
  const std::string archive = read_file(golden("archive.tar.gz"));
  const testing::LoopbackServer server(
      [&](const testing::HttpRequest& request, const testing::HttpConnection& connection) {
        testing::offer_file(request, connection, archive);
      });
  const auto in_folder = layers_of((folder / "model").string());
  EXPECT_EQ(in_folder.back(), "average_1") << "the last map of features";
  EXPECT_EQ(layers_of((folder / "model").string() + "/"), in_folder);
  EXPECT_EQ(layers_of(golden("archive.tar.gz").string()), in_folder);
  EXPECT_EQ(layers_of(server.url("module/1")), in_folder);
  EXPECT_EQ(server.requests().size(), 1U);
}

TEST_F(SavedModelBases, remember_what_was_said_of_them_while_they_stay_as_they_are) {
  keep_beside(folder / "model/", Config(Config::Map{}).set("said", 1));
  EXPECT_TRUE(fs::exists(folder / "model.thaw.json"));
  EXPECT_EQ(read_beside(folder / "model").at("said"), Config(1));
  EXPECT_EQ(*load_base({.base = (folder / "model").string()}).base.metadata().find("said"),
            Config(1));
  write_file(folder / "model/variables/more", "x");
  EXPECT_TRUE(read_beside(folder / "model").as_map().empty());
}

TEST_F(SavedModelBases, find_their_labels_beside_and_within) {
  const LoadedBase loaded = load_base({.base = (folder / "model").string()});
  const auto names = [&] {
    return find_class_names(*loaded.whole, 5, {.model_file = folder / "model"}).names;
  };
  write_file(folder / "labels.txt", "a\nb\nc\nd\ne\n");
  EXPECT_EQ(names().back(), "e");
  fs::create_directories(folder / "model/assets");
  write_file(folder / "model/assets/labels.txt", "f\ng\nh\ni\nj\n");
  EXPECT_EQ(names().back(), "j");
}

}  // namespace
}  // namespace thaw
