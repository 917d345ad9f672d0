# %% [markdown] lang="en"
# # Axis 1: the baseline
#
# **Question.** What accuracy does the simplest network reach on MNIST, how fast, with how much memory, and how
# reliable is this accuracy?
#
# The network is a perceptron with one hidden layer: 784 inputs (28 × 28 pixels), 128 hidden units with ReLU, 10
# outputs. It is trained with SGD. The other axes start from it and change some of its settings: it is their baseline.

# %% [markdown] lang="fr"
# # Axe 1 : la référence
#
# **Question.** Quelle exactitude le réseau le plus simple atteint-il sur MNIST, à quelle vitesse, avec combien de
# mémoire, et quelle confiance peut-on accorder à cette exactitude ?
#
# Le réseau est un perceptron à une couche cachée : 784 entrées (28 × 28 pixels), 128 neurones cachés avec ReLU, 10
# sorties. Il est entraîné par SGD. Les autres axes partent de lui et changent certains de ses réglages : c’est leur
# référence.

# %%
import tp_sweep

# %% [markdown] lang="en"
# ## The sweep
#
# A sweep file describes what is trained. The cell below writes the file. To change the sweep, edit the cell and run
# it again.

# %% [markdown] lang="fr"
# ## Le balayage
#
# Un fichier de balayage décrit ce qui est entraîné. La cellule suivante écrit ce fichier. Pour changer le balayage,
# modifiez la cellule et exécutez-la de nouveau.

# %% sweep="axe1"

# %% [markdown] lang="en"
# Before training, the plan states what will be trained and how much work it is:

# %% [markdown] lang="fr"
# Avant d’entraîner, le plan indique ce qui sera entraîné et combien de travail cela représente :

# %%
sweep = tp_sweep.Sweep("sweeps/axe1.yaml")
print(sweep.plan())

# %% [markdown] lang="en"
# ## The training
#
# The stop button stops the training. Run the same cell again to resume it; finished runs are not repeated.

# %% [markdown] lang="fr"
# ## L’entraînement
#
# Le bouton d’arrêt interrompt l’entraînement. Exécutez de nouveau la même cellule pour le reprendre : ce qui est fini
# n’est pas refait.

# %%
results = sweep.run()
results

# %% [markdown] lang="en"
# ## The results
#
# Three measurements: accuracy, speed and memory. Nothing is held out for validation here, so the accuracy is that of
# the test set. `std` is the standard deviation over the five seeds.

# %% [markdown] lang="fr"
# ## Les résultats
#
# Trois mesures : l’exactitude, la vitesse et la mémoire. Rien n’est réservé à la validation ici : l’exactitude est
# celle du jeu de test. `std` est l’écart-type sur les cinq graines.

# %%
trials = results.trials()
trials[
    [
        "mean_test_accuracy",
        "std_test_accuracy",
        "profile_seconds_per_epoch",
        "profile_peak_bytes",
    ]
]

# %% [markdown] lang="en"
# The loss falls fast in the first epochs, then slowly: after ten epochs, the network is still learning.

# %% [markdown] lang="fr"
# La perte baisse vite pendant les premières époques, puis lentement : après dix époques, le réseau apprend encore.

# %%
epochs = results.epochs()
epochs.groupby("epoch")[["train_loss", "train_accuracy"]].mean()

# %% [markdown] lang="en"
# Which digits are taken for which others? The rows are the true classes, the columns the predicted classes.

# %% [markdown] lang="fr"
# Quels chiffres sont pris pour quels autres ? Les lignes sont les vraies classes, les colonnes les classes prédites.

# %%
results.figure("confusion")

# %% [markdown] lang="en"
# The whole report, and TensorBoard (if it is not installed, the report appears instead):

# %% [markdown] lang="fr"
# Le rapport entier, et TensorBoard (s’il n’est pas installé, le rapport s’affiche à la place) :

# %%
results.report()

# %%
results.tensorboard()

# %% [markdown] lang="en"
# ## Exercises
#
# **1.** How many trainable parameters does the network have? Compute it by hand, then compare with the column
# `parameters`.

# %% [markdown] lang="fr"
# ## Exercices
#
# **1.** Combien de paramètres entraînables le réseau a-t-il ? Calculez leur nombre à la main, puis comparez avec la
# colonne `parameters`.

# %% exercise=true

# %% [markdown] lang="en"
# **2.** Where does the ± come from? Show the test accuracy of each run (`results.runs()`). A friend trains once and
# gets 96.3 %: is that network better than yours?

# %% [markdown] lang="fr"
# **2.** D’où vient le ± ? Affichez l’exactitude sur le test de chaque entraînement (`results.runs()`). Un ami
# entraîne une seule fois et obtient 96,3 % : son réseau est-il meilleur que le vôtre ?

# %% exercise=true

# %% [markdown] lang="en"
# **3.** Train with batches of 16 instead of 64: `tp_sweep.run("sweeps/axe1.yaml", set={"training.batch_size": 16,
# "name": "axe1-batch16"})`. Is the change in accuracy larger than chance? What does it cost?

# %% [markdown] lang="fr"
# **3.** Entraînez avec des lots de 16 au lieu de 64 : `tp_sweep.run("sweeps/axe1.yaml", set={"training.batch_size":
# 16, "name": "axe1-batch16"})`. Le changement d’exactitude dépasse-t-il le hasard ? À quel prix ?

# %% exercise=true

# %% [markdown] lang="en"
# ## Solutions

# %% [markdown] lang="fr"
# ## Solutions

# %% [markdown] lang="en"
# **1.** Weights and biases of two layers: 784 · 128 + 128 + 128 · 10 + 10 = 101,770.

# %% [markdown] lang="fr"
# **1.** Les poids et les biais de deux couches : 784 · 128 + 128 + 128 · 10 + 10 = 101 770.

# %% solution=true
784 * 128 + 128 + 128 * 10 + 10, trials["parameters"].tolist()

# %% [markdown] lang="en"
# **2.** From the seed: initial weights and the order of the samples. The five runs differ by up to 0.2 percentage
# points, and the best of them is as good as your friend's within 0.01 points: a single run at 96.3 % proves nothing.

# %% [markdown] lang="fr"
# **2.** De la graine : les poids initiaux et l’ordre des images. Les cinq entraînements diffèrent d’au plus 0,2 point
# de pourcentage, et le meilleur vaut celui de votre ami à 0,01 point près : un seul entraînement à 96,3 % ne prouve
# rien.

# %% solution=true
results.runs()[["repeat", "test_accuracy", "test_loss"]]

# %% [markdown] lang="en"
# **3.** The accuracy rises by more than one percentage point, many times the ±: there are four times as many steps
# per epoch, and SGD at 0.01 had not converged. Each epoch takes longer, because small batches use the processor less
# well.

# %% [markdown] lang="fr"
# **3.** L’exactitude augmente de plus d’un point, bien plus que le ± : il y a quatre fois plus de pas par époque, et
# SGD à 0,01 n’avait pas convergé. Chaque époque dure plus longtemps : de petits lots exploitent moins bien le
# processeur.

# %% solution=true
small = tp_sweep.run("sweeps/axe1.yaml", set={"training.batch_size": 16, "name": "axe1-batch16"})
small.trials()[["mean_test_accuracy", "std_test_accuracy", "profile_seconds_per_epoch"]]
