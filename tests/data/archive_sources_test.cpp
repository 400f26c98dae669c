#include <archive.h>
#include <archive_entry.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "support/image_files.h"
#include "thaw/core/files.h"
#include "thaw/data/source.h"
#include "thaw/formats/keras/zip_file.h"

namespace thaw {
namespace {

namespace fs = std::filesystem;
using testing::contains;
using testing::error_of;
using testing::TemporaryFolder;

struct Member {
  std::string name;
  std::string content;
  std::string link_to = {};  ///< in a tar file, a symbolic link
};
using Members = std::vector<Member>;

void write_zip(const fs::path& path, const Members& members) {
  std::vector<std::pair<std::string, std::string_view>> views;
  for (const Member& member : members) views.emplace_back(member.name, member.content);
  keras::write_zip(path, views);
}

void write_tar(const fs::path& path, const Members& members) {
  archive* out = archive_write_new();
  archive_write_set_format_pax_restricted(out);
  const std::string name = path.string();
  if (name.ends_with("gz")) archive_write_add_filter_gzip(out);
  if (name.ends_with("xz")) archive_write_add_filter_xz(out);
  if (name.ends_with("bz2")) archive_write_add_filter_bzip2(out);
  archive_write_open_filename(out, path.c_str());
  for (const Member& member : members) {
    archive_entry* entry = archive_entry_new();
    archive_entry_set_pathname(entry, member.name.c_str());
    archive_entry_set_perm(entry, 0644);
    archive_entry_set_filetype(entry, member.link_to.empty() ? AE_IFREG : AE_IFLNK);
    if (!member.link_to.empty()) archive_entry_set_symlink(entry, member.link_to.c_str());
    archive_entry_set_size(entry, static_cast<la_int64_t>(member.content.size()));
    archive_write_header(out, entry);
    archive_write_data(out, member.content.data(), member.content.size());
    archive_entry_free(entry);
  }
  archive_write_close(out);
  archive_write_free(out);
}

void write_archive(const fs::path& path, const Members& members) {
  if (path.extension() == ".zip") {
    write_zip(path, members);
  } else {
    write_tar(path, members);
  }
}

/// Paths below `folder`, with the class of each.
std::vector<std::string> listed(const fs::path& folder, const ImageFolder& listing) {
  std::vector<std::string> result;
  for (size_t i = 0; i < listing.files.size(); ++i) {
    std::string text = listing.files[i].lexically_relative(folder).generic_string();
    if (!listing.labels.empty())
      text += " " + listing.class_names[static_cast<size_t>(listing.labels[i])];
    result.push_back(std::move(text));
  }
  return result;
}

class ArchiveSources : public ::testing::TestWithParam<const char*> {
 protected:
  fs::path path() const { return folder_ / (std::string("photos") + GetParam()); }
  void write(const Members& members) const { write_archive(path(), members); }
  std::string error(const ListingOptions& options = {}) const {
    return error_of([&] { list_source(path(), options); });
  }

  TemporaryFolder folder_;
  std::string png_ = testing::image_bytes("rgb.png");
  std::string jpeg_ = testing::image_bytes("baseline.jpg");
};

TEST_P(ArchiveSources, list_what_the_folder_lists) {
  const Members members = {{"dogs/b.jpg", jpeg_},       {"dogs/a.png", png_},
                           {"cats/x/deep.png", png_},   {"cats/x.png", png_},
                           {"cats/.hidden.png", png_},  {"cats/notes.txt", "text"},
                           {"__MACOSX/cats/y.png", ""}, {"beside.png", png_}};
  for (const Member& member : members) folder_.write("folder/" + member.name, member.content);
  write(members);
  const ImageFolder expected = list_source(folder_ / "folder");
  const ImageFolder listing = list_source(path());
  EXPECT_EQ(listing.class_names, expected.class_names);
  EXPECT_EQ(listing.labels, expected.labels);
  EXPECT_EQ(listed(path(), listing), listed(folder_ / "folder", expected));
  EXPECT_EQ(in_words(listing.skipped), in_words(expected.skipped));
  for (size_t i = 0; i < listing.files.size(); ++i) {
    EXPECT_EQ(read_image_file(listing.files[i], listing.contents.get()),
              read_image_file(expected.files[i]));
    EXPECT_EQ(image_file_bytes(listing.files[i], listing.contents.get()),
              static_cast<int64_t>(fs::file_size(expected.files[i])));
  }
}

TEST_P(ArchiveSources, parts_and_one_folder_around_all_are_known) {
  write({{"set/train/a/1.png", png_},
         {"set/train/b/1.png", png_},
         {"set/val/a/1.png", png_},
         {"set/test/b/2.png", png_},
         {"set/README", "text"}});
  const auto parts = source_parts(path());
  ASSERT_TRUE(parts.has_value());
  EXPECT_EQ(parts->training, path() / "set/train");
  EXPECT_EQ(parts->validation, path() / "set/val");
  EXPECT_EQ(parts->others, std::vector<fs::path>{path() / "set/test"});
  EXPECT_EQ(listed(path(), list_source(parts->training)),
            (std::vector<std::string>{"set/train/a/1.png a", "set/train/b/1.png b"}));
  EXPECT_EQ(listed(path(), list_source(path() / "set/test", {.one_class = true})),
            (std::vector<std::string>{"set/test/b/2.png b"}));

  write({{"photos/a/1.png", png_}, {"photos/b/1.png", png_}});
  EXPECT_FALSE(source_parts(path()).has_value());
  EXPECT_EQ(list_source(path()).class_names, (std::vector<std::string>{"a", "b"}));
}

TEST_P(ArchiveSources, for_predictions_all_images_or_one_are_taken) {
  write({{"loose.png", png_}, {"a/1.jpg", jpeg_}, {"a/no.txt", "text"}});
  const std::vector<fs::path> all{path()};
  EXPECT_EQ(listed(path(), list_unlabelled(all)),
            (std::vector<std::string>{"loose.png", "a/1.jpg"}));
  const std::vector<fs::path> one{path() / "a/1.jpg"};
  const ImageFolder listing = list_unlabelled(one);
  EXPECT_EQ(listing.files, one);
  EXPECT_GT(read_image(listing.files[0], {}, listing.contents.get()).width, 1);
  const std::vector<fs::path> none{path() / "a/2.jpg"};
  EXPECT_TRUE(contains(error_of([&] { list_unlabelled(none); }), "nothing of that name"));
}

TEST_P(ArchiveSources, members_that_lead_out_are_refused) {
  for (const char* name : {"../out.png", "a/../../out.png", "/etc/out.png"}) {
    write({{"a/1.png", png_}, {"b/1.png", png_}, {name, png_}});
    const std::string message = error();
    EXPECT_TRUE(message.starts_with(path().string())) << message;
    EXPECT_TRUE(contains(message, "leads out of the archive")) << message;
  }
  std::string deep = "x.png";
  for (int i = 0; i < 100; ++i) deep.insert(0, "a/");
  write({{deep, png_}});
  EXPECT_TRUE(contains(error(), "lies in too many folders"));
}

TEST_P(ArchiveSources, no_classes_and_damage_are_told) {
  write({{"1.png", png_}, {"2.png", png_}});
  EXPECT_TRUE(contains(error(), "expected one folder a class, received none (2 images beside)"));
  write({{"a/1.png", png_}});
  EXPECT_TRUE(contains(error(), "at least two class folders"));
  write_file(path(), "no archive");
  EXPECT_TRUE(error().starts_with(path().string())) << error();
  write_file(path(), "");
  EXPECT_FALSE(error().empty());
  std::string noise(20000, '\0');
  for (size_t i = 0; i < noise.size(); ++i)
    noise[i] = static_cast<char>((i * i * 2654435761U) >> 13);
  write({{"a/1.png", noise}, {"b/1.png", png_}});
  const std::string whole = read_file(path());
  write_file(path(), whole.substr(0, whole.size() / 2));
  EXPECT_TRUE(error().starts_with(path().string())) << error();
}

INSTANTIATE_TEST_SUITE_P(Every, ArchiveSources,
                         ::testing::Values(".zip", ".tar", ".tar.gz", ".TGZ", ".tar.bz2",
                                           ".tar.xz"),
                         [](const auto& ending) {
                           std::string name = ending.param;
                           std::ranges::replace(name, '.', '_');
                           return name;
                         });

TEST(ArchiveSource, links_in_a_tar_file_are_left_out) {
  const TemporaryFolder folder;
  const std::string png = testing::image_bytes("rgb.png");
  write_tar(folder / "t.tar", {{"a/1.png", png}, {"b/1.png", png}, {"b/2.png", "", "/etc/passwd"}});
  const ImageFolder listing = list_source(folder / "t.tar");
  EXPECT_EQ(listing.files.size(), 2U);
  ASSERT_EQ(listing.skipped.size(), 1U);
  EXPECT_EQ(listing.skipped[0].kind, "link");
}

TEST(ArchiveSource, a_damaged_member_of_a_zip_file_is_told_when_it_is_read) {
  const TemporaryFolder folder;
  const std::string png = testing::image_bytes("rgb.png");
  write_zip(folder / "z.zip", {{"a/1.png", png}, {"b/1.png", png}});
  std::string bytes = read_file(folder / "z.zip");
  const size_t at = bytes.find(png);
  ASSERT_NE(at, std::string::npos);
  bytes[at + png.size() - 3] ^= 1;
  write_file(folder / "z.zip", bytes);
  const ImageFolder listing = list_source(folder / "z.zip");
  EXPECT_EQ(why_no_image(listing.files[0], listing.contents.get()), "");
  EXPECT_TRUE(contains(error_of([&] { read_image(listing.files[0], {}, listing.contents.get()); }),
                       "is damaged"));
  EXPECT_GT(read_image(listing.files[1], {}, listing.contents.get()).width, 1);
}

TEST(ArchiveSource, a_tar_file_made_to_fill_memory_is_refused) {
  const TemporaryFolder folder;
  write_tar(folder / "bomb.tar.gz",
            {{"a/1.png", std::string(size_t{96} << 20, '\0')}, {"b/1.png", "x"}});
  EXPECT_LT(fs::file_size(folder / "bomb.tar.gz"), 200'000U);
  EXPECT_TRUE(contains(error_of([&] { list_source(folder / "bomb.tar.gz"); }), "packed into"));
}

}  // namespace
}  // namespace thaw
