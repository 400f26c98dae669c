
C
xPlaceholder*
dtype0*$
shape:ˇˇˇˇˇˇˇˇˇ
$
cPartitionedCallx*
fR
f0ö)
~

f0
a
r%
n0PartitionedCalla*
fR
f1/
n1PartitionedCalln0:output:0*
fR
f1"
rn1:output:0
~

f1
a
r%
n0PartitionedCalla*
fR
f2/
n1PartitionedCalln0:output:0*
fR
f2"
rn1:output:0
~

f2
a
r%
n0PartitionedCalla*
fR
f3/
n1PartitionedCalln0:output:0*
fR
f3"
rn1:output:0
~

f3
a
r%
n0PartitionedCalla*
fR
f4/
n1PartitionedCalln0:output:0*
fR
f4"
rn1:output:0
~

f4
a
r%
n0PartitionedCalla*
fR
f5/
n1PartitionedCalln0:output:0*
fR
f5"
rn1:output:0
~

f5
a
r%
n0PartitionedCalla*
fR
f6/
n1PartitionedCalln0:output:0*
fR
f6"
rn1:output:0
~

f6
a
r%
n0PartitionedCalla*
fR
f7/
n1PartitionedCalln0:output:0*
fR
f7"
rn1:output:0
~

f7
a
r%
n0PartitionedCalla*
fR
f8/
n1PartitionedCalln0:output:0*
fR
f8"
rn1:output:0
~

f8
a
r%
n0PartitionedCalla*
fR
f9/
n1PartitionedCalln0:output:0*
fR
f9"
rn1:output:0
Ä

f9
a
r&
n0PartitionedCalla*
fR
f100
n1PartitionedCalln0:output:0*
fR
f10"
rn1:output:0
Å

f10
a
r&
n0PartitionedCalla*
fR
f110
n1PartitionedCalln0:output:0*
fR
f11"
rn1:output:0
Å

f11
a
r&
n0PartitionedCalla*
fR
f120
n1PartitionedCalln0:output:0*
fR
f12"
rn1:output:0
Å

f12
a
r&
n0PartitionedCalla*
fR
f130
n1PartitionedCalln0:output:0*
fR
f13"
rn1:output:0
Å

f13
a
r&
n0PartitionedCalla*
fR
f140
n1PartitionedCalln0:output:0*
fR
f14"
rn1:output:0
Å

f14
a
r&
n0PartitionedCalla*
fR
f150
n1PartitionedCalln0:output:0*
fR
f15"
rn1:output:0
Å

f15
a
r&
n0PartitionedCalla*
fR
f160
n1PartitionedCalln0:output:0*
fR
f16"
rn1:output:0
Å

f16
a
r&
n0PartitionedCalla*
fR
f170
n1PartitionedCalln0:output:0*
fR
f17"
rn1:output:0
Å

f17
a
r&
n0PartitionedCalla*
fR
f180
n1PartitionedCalln0:output:0*
fR
f18"
rn1:output:0
Å

f18
a
r&
n0PartitionedCalla*
fR
f190
n1PartitionedCalln0:output:0*
fR
f19"
rn1:output:0
Å

f19
a
r&
n0PartitionedCalla*
fR
f200
n1PartitionedCalln0:output:0*
fR
f20"
rn1:output:0
Å

f20
a
r&
n0PartitionedCalla*
fR
f210
n1PartitionedCalln0:output:0*
fR
f21"
rn1:output:0
Å

f21
a
r&
n0PartitionedCalla*
fR
f220
n1PartitionedCalln0:output:0*
fR
f22"
rn1:output:0
Å

f22
a
r&
n0PartitionedCalla*
fR
f230
n1PartitionedCalln0:output:0*
fR
f23"
rn1:output:0
Å

f23
a
r&
n0PartitionedCalla*
fR
f240
n1PartitionedCalln0:output:0*
fR
f24"
rn1:output:0
Å

f24
a
r&
n0PartitionedCalla*
fR
f250
n1PartitionedCalln0:output:0*
fR
f25"
rn1:output:0
Å

f25
a
r&
n0PartitionedCalla*
fR
f260
n1PartitionedCalln0:output:0*
fR
f26"
rn1:output:0
Å

f26
a
r&
n0PartitionedCalla*
fR
f270
n1PartitionedCalln0:output:0*
fR
f27"
rn1:output:0
Å

f27
a
r&
n0PartitionedCalla*
fR
f280
n1PartitionedCalln0:output:0*
fR
f28"
rn1:output:0
Å

f28
a
r&
n0PartitionedCalla*
fR
f290
n1PartitionedCalln0:output:0*
fR
f29"
rn1:output:0
Å

f29
a
r&
n0PartitionedCalla*
fR
f300
n1PartitionedCalln0:output:0*
fR
f30"
rn1:output:0
Å

f30
a
r&
n0PartitionedCalla*
fR
f310
n1PartitionedCalln0:output:0*
fR
f31"
rn1:output:0
Å

f31
a
r&
n0PartitionedCalla*
fR
f320
n1PartitionedCalln0:output:0*
fR
f32"
rn1:output:0
Å

f32
a
r&
n0PartitionedCalla*
fR
f330
n1PartitionedCalln0:output:0*
fR
f33"
rn1:output:0
Å

f33
a
r&
n0PartitionedCalla*
fR
f340
n1PartitionedCalln0:output:0*
fR
f34"
rn1:output:0
Å

f34
a
r&
n0PartitionedCalla*
fR
f350
n1PartitionedCalln0:output:0*
fR
f35"
rn1:output:0
Å

f35
a
r&
n0PartitionedCalla*
fR
f360
n1PartitionedCalln0:output:0*
fR
f36"
rn1:output:0
Å

f36
a
r&
n0PartitionedCalla*
fR
f370
n1PartitionedCalln0:output:0*
fR
f37"
rn1:output:0
Å

f37
a
r&
n0PartitionedCalla*
fR
f380
n1PartitionedCalln0:output:0*
fR
f38"
rn1:output:0
Å

f38
a
r&
n0PartitionedCalla*
fR
f390
n1PartitionedCalln0:output:0*
fR
f39"
rn1:output:0
Å

f39
a
r&
n0PartitionedCalla*
fR
f400
n1PartitionedCalln0:output:0*
fR
f40"
rn1:output:0


f40
a
r"
ra