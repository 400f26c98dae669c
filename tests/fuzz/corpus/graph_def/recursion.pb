
C
xPlaceholder*
dtype0*$
shape:ÿÿÿÿÿÿÿÿÿ
#
cPartitionedCallx*

fR
fM
K

f
a
r$
n0PartitionedCalla*

fR
f"
rn0:output:0